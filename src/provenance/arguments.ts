import type { ToolCall } from '../model/run.ts';
import { leafText, leavesOf, type Leaf } from './leaves.ts';
import { distinctiveness } from './distinct.ts';
import { tokenize, type Token } from '../text/tokens.ts';
import { ALIAS, STAND_IN } from '../text/words.ts';

/** One value among a call's arguments. */
export interface Argument extends Leaf {
  call: ToolCall;
  text: string;
  tokens: Token[];
  /** The normal form of the text. */
  norm: string;
  /** Words of the model's own making, not a value: a reason, a query, a message. */
  prose: boolean;
  /** `TBD`, `<id>`: says itself that the value is to come. */
  standIn: boolean;
  /** `TBD` as well as `current`, `latest`, `1`: stands where a value should be. */
  placeholder: boolean;
  /** Sum of its tokens' distinctiveness; 1 and more identifies something. */
  weight: number;
}

/** True for `just-started`: words joined up like an identifier, without being one. */
export const isWordSlug = (argument: Argument): boolean => /^\p{Ll}+(?:[-_]\p{Ll}+)+$/u.test(argument.text);

/** Equal for two arguments that name the same thing. */
export const subjectKey = (argument: Argument): string => `${argument.key}=${argument.norm}`;

/** From so many words on, an argument is text and not a value. */
const PROSE_WORDS = 6;

const cache = new WeakMap<ToolCall, Argument[]>();

/** The arguments of a call, read once. */
export function argumentsOf(call: ToolCall): readonly Argument[] {
  const known = cache.get(call);
  if (known !== undefined) return known;
  const read = readArguments(call);
  cache.set(call, read);
  return read;
}

function readArguments(call: ToolCall): Argument[] {
  return leavesOf(call.arguments)
    .filter((leaf) => leaf.empty !== true)
    .map((leaf) => {
      const text = leafText(leaf);
      const tokens = tokenize(text);
      return {
        ...leaf,
        call,
        text,
        tokens,
        norm: tokens.map((token) => token.norm).join(' '),
        prose: typeof leaf.value === 'string' && isProse(leaf.value, tokens),
        standIn: typeof leaf.value === 'string' && STAND_IN.test(leaf.value),
        placeholder: typeof leaf.value === 'string' && (STAND_IN.test(leaf.value) || ALIAS.test(leaf.value)),
        weight: Math.max(
          /^\w+:\/\/\S+$/u.test(text) ? 1 : 0,
          tokens.reduce((sum, token) => sum + distinctiveness(token.norm), 0),
        ),
      };
    });
}

/** Many words, most of them lower-case, separated by spaces: neither a name, an address nor an identifier. */
function isProse(value: string, tokens: readonly Token[]): boolean {
  if (!/\s/u.test(value)) return false;
  if (tokens.length >= 2 * PROSE_WORDS) return true;
  const lowerCase = value.split(/\s+/u).filter((word) => /^\p{Ll}{2,}/u.test(word)).length;
  return tokens.length >= PROSE_WORDS ? lowerCase >= 3 : lowerCase >= 3 && /[.?!]$/u.test(value);
}
