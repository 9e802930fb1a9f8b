import type { Format } from '../format.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { markdown } from './markdown.ts';
import { ndjson } from './ndjson.ts';
import { pretty } from './pretty.ts';

/** Every way of showing a report, by its name on the command line. */
export const formats: Readonly<Record<string, () => Format>> = { pretty, json, ndjson, markdown, html };
