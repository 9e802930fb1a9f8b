// Packs the package, installs the tarball into an empty project and uses it as a stranger would:
// ESM, CommonJS, types, the command line.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'fanlight-smoke-'));
const run = (command, args, cwd = folder) => execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

try {
  run('npm', ['pack', '--silent', '--pack-destination', folder], root);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  const packed = run('tar', ['-tzf', tarball]).split('\n');
  const strays = packed.filter((name) => /^package\/(?:test|bench|scripts|\.ci)\/|^package\/(?:src|analyzers)\/.*\.ts$/u.test(name));
  if (strays.length > 0) throw new Error(`the package holds files it should not: ${strays.join(', ')}`);

  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'smoke', private: true }));
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', `./${tarball}`]);
  writeFileSync(
    join(folder, 'a.mjs'),
    "import { analyze, readTraces } from 'fanlight';\nif (typeof analyze !== 'function' || typeof readTraces !== 'function') process.exit(1);\n",
  );
  writeFileSync(
    join(folder, 'b.cjs'),
    "const { analyze } = require('fanlight');\nanalyze('node_modules/fanlight/fixtures/booking').then((r) => { if (r.summary.wastedCalls === 0) process.exit(1); });\n",
  );
  run('node', ['a.mjs']);
  run('node', ['b.cjs']);
  const version = run('npx', ['--no-install', 'fanlight', '--version']).trim();
  if (!/^\d+\.\d+\.\d+/u.test(version)) throw new Error(`fanlight --version printed ${version}`);
  if (!run('npx', ['--no-install', 'fanlight', 'analyze', '--help']).includes('Examples:')) throw new Error('no examples in the help');
  if (!run('npx', ['--no-install', 'fanlight', 'explain', 'wasted-call']).includes('# wasted-call'))
    throw new Error('no rule page in the package');

  writeFileSync(
    join(folder, 'consumer.ts'),
    "import { analyze, readTraces, type Report, type Run } from 'fanlight';\nconst report: Report = await analyze('traces/');\nconst rate: number = report.summary.wastedRate;\nfor await (const run of readTraces(['a.jsonl'])) { const typed: Run = run; console.log(typed.id, rate); }\n",
  );
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, types: ['node'] },
      files: ['consumer.ts'],
    }),
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'smoke', private: true, type: 'module' }));
  symlinkSync(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'));
  run('node', [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.']);
  console.log(`package: ${packed.length} files, fanlight ${version}, works from ESM, CommonJS, TypeScript and the command line`);
} catch (error) {
  console.error(`${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
