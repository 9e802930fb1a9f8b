import { structured } from '../../provenance/leaves.ts';
import type { Range } from './shown-text.ts';

/** A value as indented JSON, and where in that text each path stands. */
export interface Printed {
  text: string;
  places: ReadonlyMap<string, Range>;
}

const DEPTH_LIMIT = 64;
/** An array or object that fits on a line of this length is printed on one. */
const LINE = 60;

/** Text that holds no JSON stays as it is. Paths are written as in evidence. */
export function printedJson(value: unknown): Printed {
  const places = new Map<string, Range>();
  const data = structured(value);
  if (typeof data === 'string') return { text: data, places: new Map([['$', [0, data.length]]]) };
  let text = '';
  const print = (item: unknown, path: string, indent: string, depth: number): void => {
    const start = text.length;
    const line = JSON.stringify(item) ?? 'null';
    if (item === null || typeof item !== 'object' || depth > DEPTH_LIMIT || line === '[]' || line === '{}') text += line;
    else {
      const isList = Array.isArray(item);
      const isFlat = line.length <= LINE;
      const entries = isList ? item.map((child, i) => [String(i), child] as const) : Object.entries(item);
      const inner = isFlat ? '' : `${indent}  `;
      text += isList ? '[' : '{';
      for (const [i, [key, child]] of entries.entries()) {
        text += `${i === 0 ? '' : ','}${isFlat ? (i === 0 ? (isList ? '' : ' ') : ' ') : `\n${inner}`}${isList ? '' : `${JSON.stringify(key)}: `}`;
        print(child, isList ? `${path}[${key}]` : `${path}${step(key)}`, inner, depth + 1);
      }
      text += `${isFlat ? (isList ? '' : ' ') : `\n${indent}`}${isList ? ']' : '}'}`;
    }
    places.set(path, [start, text.length]);
  };
  print(data, '$', '', 0);
  return { text, places };
}

const step = (key: string): string => (/^[A-Za-z_]\w*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);

/** Where a value of the evidence stands: the value itself, or the whole leaf where it is written otherwise. */
export function rangeOf({ text, places }: Printed, path: string, value: string): Range | undefined {
  const place = places.get(path);
  if (place === undefined) return undefined;
  const wanted = JSON.stringify(value.replace(/…$/u, '')).slice(1, -1);
  const at = wanted === '' ? -1 : text.slice(...place).indexOf(wanted);
  if (at >= 0) return [place[0] + at, place[0] + at + wanted.length];
  return path === '$' ? undefined : place;
}
