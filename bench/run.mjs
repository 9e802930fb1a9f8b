// npm run bench [-- naive | scaling | throughput | overhead | runtime | comparisons]
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { comparisons } from './comparisons.mjs';
import { naive } from './naive.mjs';
import { overhead } from './overhead.mjs';
import { runtime } from './runtime.mjs';
import { scaling } from './scaling.mjs';
import { throughput } from './throughput.mjs';

const gold = join(import.meta.dirname, '../../shared/gold');
const wanted = process.argv.slice(2);
const isWanted = (name) => wanted.length === 0 || wanted.includes(name);

if (isWanted('naive')) {
  if (existsSync(gold)) await naive(gold);
  else console.log('naive: skipped, no labelled conversations beside the checkout');
}
if (isWanted('scaling')) scaling();
if (isWanted('throughput')) await throughput(Number(process.env.BENCH_MB ?? 300));
if (isWanted('overhead')) await overhead();
if (isWanted('runtime')) await runtime();
if (isWanted('comparisons')) await comparisons();
