// Writes schemas/: the JSON Schemas of the report, of one line of NDJSON, of datasets and results, of the learned graph, and of the config file.
//   node scripts/write-schemas.mjs   (after a build)
import { mkdirSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { learnedGraphSchema } from '../dist/src/analysis/learned/graph-schema.js';
import { reportSchema, runReportSchema } from '../dist/src/analysis/report.js';
import { configSchema } from '../dist/src/config/schema.js';
import { exampleSchema } from '../dist/src/evaluate/dataset.js';
import { runResultSchema } from '../dist/src/evaluate/result.js';

export const schemas = {
  'report.schema.json': schemaOf(reportSchema, 'fanlight report', 'What `fanlight analyze --format json` prints.'),
  'run.schema.json': schemaOf(
    runReportSchema,
    'fanlight run report',
    'One line of `fanlight analyze --format ndjson`, the last one left out.',
  ),
  'example.schema.json': schemaOf(exampleSchema, 'fanlight example', 'One line of the dataset of `fanlight eval`.'),
  'result.schema.json': schemaOf(runResultSchema, 'fanlight result', 'One line of the results of `fanlight eval`, the first one left out.'),
  'graph.schema.json': schemaOf(learnedGraphSchema, 'fanlight learned graph', 'What `fanlight graph --format json` prints.'),
  'config.schema.json': schemaOf(configSchema, 'fanlight config', 'What `fanlight.config.json` holds.'),
};

function schemaOf(schema, title, description) {
  return { ...z.toJSONSchema(schema, { io: 'input' }), title, description };
}

if (process.argv[1] === import.meta.filename) {
  const folder = new URL('../schemas/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [name, schema] of Object.entries(schemas)) writeFileSync(new URL(name, folder), `${JSON.stringify(schema, null, 2)}\n`);
}
