import { dependentParallel } from './dependent-parallel.ts';
import { missedParallelism } from './missed-parallelism.ts';
import { rateLimited } from './rate-limited.ts';
import type { Rule } from './rule.ts';
import { straggler } from './straggler.ts';
import { wastedCall } from './wasted-call.ts';

/** Every rule, in the order its findings are reported. */
export const rules: readonly Rule[] = [dependentParallel, wastedCall, missedParallelism, straggler, rateLimited];
