import { z } from 'zod';
import { ELSEWHERE } from './summary.ts';

/** What `fanlight graph --format json` prints and `--learned` takes: published as `schemas/graph.schema.json`. */
const count = z.number().int().nonnegative();

const field = z.object({
  tool: z.string(),
  path: z.string().describe('JSON path; [*] stands for any index, and for keys that are identifiers.'),
});

const example = z.object({ run: z.string(), call: z.string(), value: z.string() });

const learnedEdge = z.object({
  from: field.describe('A field of the results of a tool.'),
  to: field.describe('The argument that takes its value from there.'),
  support: count.describe('Calls in which the value was first supplied by that field; a value sent again in the same run counts once.'),
  runs: count.describe('Runs in which they lie, at least.'),
  opportunities: count.describe('Calls with that argument, counted likewise.'),
  confidence: z.number().min(0).max(1).describe('Lower end of the 95 % Wilson interval of support / opportunities.'),
  confidenceUnlessTold: z
    .number()
    .min(0)
    .max(1)
    .describe(
      'The same without the calls whose value the user or another text gave, and without guesses beside the feeding tool: how sure it is that a value from nowhere should be from there.',
    ),
  elsewhere: z
    .object({ user: count, system: count, constant: count, nothing: count, tool: count })
    .describe('The other calls, by where their value came from.'),
  examples: z.array(example),
  counterExamples: z.array(example.extend({ origin: z.enum([...ELSEWHERE, 'tool']), field: field.optional() })),
});

export const learnedGraphSchema = z.object({
  graphVersion: z.literal(1),
  runs: count,
  tools: z.array(
    z.object({
      name: z.string(),
      calls: count,
      effect: z.enum(['read', 'write', 'unknown']).describe('What most calls were taken for.'),
      effects: z.object({ read: count, write: count, unknown: count }),
    }),
  ),
  edges: z.array(learnedEdge).describe('The strongest first.'),
  pairs: z.array(
    z.object({
      tools: z.tuple([z.string(), z.string()]),
      batches: count.describe('Batches with both.'),
      safe: count.describe('Those in which neither depended on the other and none was put aside and issued again.'),
    }),
  ),
});

export type LearnedGraph = z.infer<typeof learnedGraphSchema>;
export type GraphEdge = LearnedGraph['edges'][number];
