import type { ToolCall } from '../model/run.ts';
import { leafText, leavesOf, type Leaf } from './leaves.ts';
import { distinctiveness } from './distinct.ts';
import { remembered } from '../text/remembered.ts';
import { tokenize, type Token } from '../text/tokens.ts';
import { ALIAS, STAND_IN } from '../text/words.ts';

/** One value among a call's arguments. What is known of it is worked out when it is first asked for. */
export class Argument implements Leaf {
  readonly call: ToolCall;
  readonly path: string;
  readonly key: string;
  readonly value: Leaf['value'];
  readonly text: string;
  #tokens: readonly Token[] | undefined;
  #norm: string | undefined;
  #prose: boolean | undefined;
  #standIn: boolean | undefined;
  #placeholder: boolean | undefined;
  #weight: number | undefined;

  constructor(call: ToolCall, leaf: Leaf, text: string = leafText(leaf)) {
    this.call = call;
    this.path = leaf.path;
    this.key = leaf.key;
    this.value = leaf.value;
    this.text = text;
  }

  get tokens(): readonly Token[] {
    return (this.#tokens ??= tokenize(this.text));
  }

  /** The normal form of the text. */
  get norm(): string {
    return (this.#norm ??= this.tokens.map((token) => token.norm).join(' '));
  }

  /** Words of the model's own making, not a value: a reason, a query, a message. */
  get prose(): boolean {
    return (this.#prose ??= typeof this.value === 'string' && isProse(this.value, this.tokens));
  }

  /** `TBD`, `<id>`: says itself that the value is to come. */
  get standIn(): boolean {
    return (this.#standIn ??= typeof this.value === 'string' && STAND_IN.test(this.value));
  }

  /** `TBD` as well as `current`, `latest`, `1`: stands where a value should be. */
  get placeholder(): boolean {
    return (this.#placeholder ??= this.standIn || (typeof this.value === 'string' && ALIAS.test(this.value)));
  }

  /** Sum of its tokens' distinctiveness; 1 and more identifies something. */
  get weight(): number {
    return (this.#weight ??= Math.max(
      /^\w+:\/\/\S+$/u.test(this.text) ? 1 : 0,
      this.tokens.reduce((sum, token) => sum + distinctiveness(token.norm), 0),
    ));
  }
}

/** True for `just-started`: words joined up like an identifier, without being one. */
export const isWordSlug = (argument: Argument): boolean => /^\p{Ll}+(?:[-_]\p{Ll}+)+$/u.test(argument.text);

/** Equal for two arguments that name the same thing. */
export const subjectKey = (argument: Argument): string => `${argument.key}=${argument.norm}`;

/** From so many words on, an argument is text and not a value. */
const PROSE_WORDS = 6;

/** The arguments of a call, read once. */
export const argumentsOf: (call: ToolCall) => readonly Argument[] = remembered((call) =>
  leavesOf(call.arguments)
    .filter((leaf) => leaf.empty !== true)
    .map((leaf) => new Argument(call, leaf)),
);

/** Many words, most of them lower-case, separated by spaces: neither a name, an address nor an identifier. */
function isProse(value: string, tokens: readonly Token[]): boolean {
  if (!/\s/u.test(value)) return false;
  if (tokens.length >= 2 * PROSE_WORDS) return true;
  const lowerCase = value.split(/\s+/u).filter((word) => /^\p{Ll}{2,}/u.test(word)).length;
  return tokens.length >= PROSE_WORDS ? lowerCase >= 3 : lowerCase >= 3 && /[.?!]$/u.test(value);
}
