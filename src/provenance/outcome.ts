import type { ToolCall } from '../model/run.ts';
import type { Leaf } from './leaves.ts';
import { contentOf, resultLeaves } from './results.ts';
import { rememberedText } from '../text/remembered.ts';
import { ERROR_KEYS, FAILED_VALUES, FAILURE_SENTENCE, FAILURE_START, STATUS_KEYS, SUCCESS_KEYS } from '../text/words.ts';

/** What a result is, whatever its tool calls it. */
export type Outcome =
  /** Something came back. */
  | 'answer'
  /** The tool said that there is nothing: null, an empty list, "no results". */
  | 'empty'
  /** The tool failed, by its flag or by what it says. */
  | 'failure'
  /** No result, or its content was not recorded. */
  | 'missing';

/** Longer texts are content, even if they speak of errors. */
const SHORT = 400;

export function outcomeOf(call: ToolCall): Outcome {
  const { result } = call;
  if (result === undefined) return 'missing';
  if (result.error) return 'failure';
  if (result.content === undefined) return 'missing';
  if (typeof result.content === 'string' && isErrorText(result.content)) return 'failure';
  const value = contentOf(result);
  if (typeof value === 'string') return outcomeOfText(value);
  const leaves = resultLeaves(call).map(({ leaf }) => leaf);
  if (leaves.some(saysFailed(leaves))) return 'failure';
  if (leaves.every((leaf) => leaf.value === null || leaf.value === '' || leaf.value === 'None' || isZeroCount(leaf))) return 'empty';
  const texts = leaves.filter((leaf) => typeof leaf.value === 'string' && leaf.value.length > 0);
  const only = texts.length === 1 && leaves.length <= 2 ? texts[0]?.value : undefined;
  return typeof only === 'string' ? outcomeOfText(only) : 'answer';
}

/** `ValueError: …` reads like a field and is none. */
function isErrorText(text: string): boolean {
  const trimmed = text.trim();
  if (/^[[{]/u.test(trimmed)) return false;
  return (
    trimmed.length <= 4 * SHORT &&
    FAILURE_START.test(trimmed.slice(0, 200)) &&
    (!trimmed.includes('\n') || /^\W*\w*(?:error|exception|traceback|http|response|status)\b/iu.test(trimmed))
  );
}

/** "No plan under that number": short, and nothing else is said. "No, …" is an answer. */
const NOTHING = /^no [\p{L}\d][^.!?\n]{2,110}[.!]?$/iu;

function outcomeOfText(text: string): Outcome {
  const trimmed = text.replaceAll(/[*_`]{1,2}(?=\S)|(?<=\S)[*_`]{1,2}/gu, '').trim();
  if (trimmed === '' || /^(?:none|null|n\/a|\[\s*\]|\{\s*\}|\(none\)|empty)\.?$/iu.test(trimmed)) return 'empty';
  if (isErrorText(trimmed)) return 'failure';
  if (NOTHING.test(trimmed)) return 'empty';
  if (
    trimmed.length <= SHORT &&
    /^(?:sorry,? )?(?:there (?:are|were|is|was) )?no (?:\S+ ){0,4}(?:results?|matches|records?|entries|items?|data|hits?)\b/iu.test(trimmed)
  ) {
    return 'empty';
  }
  if (trimmed.length <= SHORT && FAILURE_SENTENCE.test(trimmed) && !trimmed.includes('\n')) return 'failure';
  return 'answer';
}

/** `{"error": …}`, `{"success": false}`, `{"status": 404, "detail": …}`; a long answer with a status is data. */
function saysFailed(all: readonly Leaf[]): (leaf: Leaf) => boolean {
  const short = all.length <= 6;
  return (leaf) => {
    if (ERROR_KEYS.has(rootOf(leaf.path))) return leaf.value !== null && leaf.value !== false && leaf.value !== '' && leaf.value !== 0;
    if (!short || leaf.path !== `$.${leaf.key}`) return false;
    const key = leaf.key.toLowerCase();
    if (SUCCESS_KEYS.has(key)) return leaf.value === false;
    if (!STATUS_KEYS.has(key) || all.length > 3) return false;
    if (typeof leaf.value === 'number') return leaf.value >= 400 && leaf.value < 600;
    return typeof leaf.value === 'string' && FAILED_VALUES.has(leaf.value.toLowerCase().replaceAll(/[\s-]/gu, '_'));
  };
}

/** The first key on a path, in lower case. */
const rootOf = rememberedText((path) => path.split(/[.[]/u)[1]?.toLowerCase() ?? '');

function isZeroCount(leaf: Leaf): boolean {
  return leaf.value === 0 && /^(?:count|total|total_?count|size|length|num_?results|hits|matches)$/iu.test(leaf.key);
}
