import type { Run, ToolCall } from '../model/run.ts';
import { argumentsOf } from './arguments.ts';
import { distinctiveness, isCommon, isNegation } from './distinct.ts';
import { fieldName, namesThing } from './fields.ts';
import { keyWords, type Leaf } from './leaves.ts';
import { coverOf, Vocabulary } from './ngrams.ts';
import { resultLeaves, type ResultLeaf } from './results.ts';
import { contextTokens, reasoningOf, textsOf, type Said } from './said.ts';
import { tokenize, type Token } from '../text/tokens.ts';

/** Where the model said something of its own: an answer, its reasoning, an argument. */
export interface Utterance {
  turn: number;
  kind: 'text' | 'reasoning' | 'argument';
  /** For an argument: the call and the path. */
  call?: ToolCall;
  path?: string;
  /** For an argument: its key. */
  key?: string;
  text: string;
  tokens: readonly Token[];
}

/** One value of a result found again in what the model said later. */
export interface Use {
  /** The value as the model wrote it. */
  value: string;
  /** Where in the result it stood. */
  path: string;
  where: Utterance;
  /** Offsets in the utterance. */
  start: number;
  end: number;
  weight: number;
  /** A sibling's result offered it too. */
  shared: boolean;
}

/** What became of a result: 1 and more is proof that it was used. */
export interface Credit {
  score: number;
  uses: Use[];
  /**
   * What the result and later utterances have in common whoever said it first, the call's own arguments left
   * out: no proof of use, but as long as there is some, no proof of waste either.
   */
  echo: number;
  /** Something later names the very thing the call asked about: a page cited, a record passed on. */
  cited: boolean;
}

interface Introduction {
  turn: number;
  /** Undefined when the user, the prompt or the model itself said it first. */
  offers: { call: ToolCall; leaf: Leaf; asKey: boolean }[] | undefined;
}

/** Evidence kept a call; the score counts all of it. */
const KEEP = 12;

/**
 * Walks the run once, in the order the model saw it. Every word, pair and triple that the model says anywhere
 * is credited to the result that introduced it, if a result did: what the user, the prompt, the model itself
 * or an earlier result said before earns nothing.
 *
 * `alike` holds the calls that answer like an earlier listed sibling; what they share is the sibling's credit.
 * `putAside` holds the calls whose results were put aside; they introduce nothing.
 */
export function findUses(run: Run, alike: ReadonlySet<ToolCall>, putAside: ReadonlySet<ToolCall>): Map<ToolCall, Credit> {
  const said = run.turns.map((turn) => (turn.kept ? utterancesOf(run, turn.index) : []));
  const utterances = said.flat();
  const vocabulary = new Vocabulary(utterances.map(({ tokens }) => tokens));
  const wholes = new Set(utterances.flatMap((utterance) => wholesOf(utterance).map(({ key }) => key)));
  const sent = new Set(run.calls.flatMap((call) => argumentsOf(call).map(({ norm }) => norm)));

  const introduced = new Map<string, Introduction>();
  const credits = new Map<ToolCall, Credit>();
  const counted = new Map<ToolCall, Set<string>>();

  const known = (tokens: readonly Token[], turn: number): void => {
    vocabulary.visit(tokens, ({ key }) => {
      if (!introduced.has(key)) introduced.set(key, { turn, offers: undefined });
    });
  };
  const offer = (call: ToolCall, leaf: Leaf, tokens: readonly Token[], asKey: boolean, turn: number): void => {
    vocabulary.visit(tokens, ({ key }) => {
      const first = introduced.get(key);
      // The name of a field is not its value: a value that an earlier result only had a field for is new.
      if (first === undefined || (!asKey && first.offers?.every((earlier) => earlier.asKey && earlier.call !== call) === true)) {
        introduced.set(key, { turn, offers: [{ call, leaf, asKey }] });
      } else if (first.turn === turn && first.offers !== undefined && !alike.has(call) && first.offers.at(-1)?.call !== call) {
        if (first.offers.length < 8) first.offers.push({ call, leaf, asKey });
      }
    });
  };
  /** A value taken over whole is proof even if each of its words was known, unless all of it was, in that order. */
  const offerWhole = (call: ToolCall, { leaf, tokens }: ResultLeaf, turn: number): void => {
    if (typeof leaf.value !== 'string' || leaf.value.length > 80) return;
    const whole = wholeKey(tokens);
    if (whole === undefined || !wholes.has(whole) || introduced.has(whole)) return;
    const wasSaid = coverOf(tokens).every((key) => {
      const first = introduced.get(key);
      return first !== undefined && first.offers?.every((earlier) => earlier.asKey) !== true;
    });
    if (!wasSaid) introduced.set(whole, { turn, offers: [{ call, leaf, asKey: false }] });
  };
  /** A field carried over to an argument of the same name is proof even of a small number, unless the number was known. */
  const offerField = (call: ToolCall, { leaf, norm }: ResultLeaf, turn: number): void => {
    if (norm === '' || norm.length > 80 || leaf.value === null || typeof leaf.value === 'boolean') return;
    const known = introduced.get(norm);
    if (known !== undefined && known.offers === undefined) return;
    for (const key of new Set([fieldKey(leaf.key, norm), fieldKey(fieldName(leaf.path, leaf.key), norm)])) {
      if (wholes.has(key) && !introduced.has(key)) introduced.set(key, { turn, offers: [{ call, leaf, asKey: false }] });
    }
  };
  const credit = (utterance: Utterance): void => {
    const creditOne = (key: string, size: number, at: number): void => {
      const first = introduced.get(key);
      if (first === undefined) introduced.set(key, { turn: utterance.turn, offers: undefined });
      for (const source of first?.offers ?? []) {
        if (source.call === utterance.call) continue;
        const seen = counted.get(source.call) ?? new Set();
        counted.set(source.call, seen);
        if (seen.has(key)) continue;
        seen.add(key);
        const isShared = (first?.offers?.length ?? 1) > 1;
        const weight = weightOf(key, size, source, utterance, at) * (isShared ? 0.8 : 1);
        if (weight <= 0) continue;
        const entry = credits.get(source.call) ?? { score: 0, uses: [], echo: 0, cited: false };
        credits.set(source.call, entry);
        entry.score += weight;
        keep(entry, toUse(at, size, source.leaf, utterance, weight, isShared));
      }
    };
    vocabulary.visit(utterance.tokens, ({ key, size }, at) => creditOne(key, size, at));
    for (const { key, size, at } of wholesOf(utterance)) creditOne(key, size, at);
  };

  for (const tool of run.tools) known(tokenize(`${tool.description ?? ''}\n${tool.schemaText ?? ''}`), 0);
  for (const turn of run.turns) {
    for (const item of turn.context) known(contextTokens(item), turn.index);
    for (const call of turn.fed) {
      if (putAside.has(call)) continue;
      for (const leaf of resultLeaves(call)) {
        if (leaf.tokens.length <= FEW && sent.has(leaf.norm)) {
          offerField(call, leaf, turn.index);
          offerWhole(call, leaf, turn.index);
        }
        offer(call, leaf.leaf, leaf.tokens, false, turn.index);
        for (const tokens of leaf.saidAs) offer(call, leaf.leaf, tokens, false, turn.index);
        offer(call, leaf.leaf, leaf.keyTokens, true, turn.index);
      }
    }
    for (const utterance of said[turn.index] ?? []) credit(utterance);
  }
  for (const entry of credits.values()) entry.uses.sort((a, b) => b.weight - a.weight);

  const lastSaid = new Map<string, number>();
  for (const utterance of utterances) vocabulary.visit(utterance.tokens, ({ key }) => lastSaid.set(key, utterance.turn));
  const askedBy = new Map<string, number>();
  for (const argument of run.calls.flatMap(argumentsOf)) askedBy.set(argument.text, (askedBy.get(argument.text) ?? 0) + 1);
  for (const call of run.calls) {
    if (call.fedTurn === undefined || putAside.has(call)) continue;
    const entry = credits.get(call) ?? { score: 0, uses: [], echo: 0, cited: false };
    credits.set(call, entry);
    entry.echo = echoOf(call, call.fedTurn, lastSaid);
    entry.cited = isCited(call, call.fedTurn, lastSaid, askedBy);
  }
  return credits;
}

function isCited(call: ToolCall, fedTurn: number, lastSaid: ReadonlyMap<string, number>, askedBy: ReadonlyMap<string, number>): boolean {
  const isSaid = (key: string): boolean => (lastSaid.get(key) ?? -1) >= fedTurn;
  return argumentsOf(call).some((argument) => {
    // What several calls ask about is named for the sake of any of them.
    if (argument.prose || argument.weight < 0.5 || (askedBy.get(argument.text) ?? 0) > 1) return false;
    if (argument.weight >= 1 && coverOf(argument.tokens).every(isSaid)) return true;
    // A file or page by the words of its name.
    const name = /([^/\\]+?)(?:\.\w{1,5})?[/\\]?$/u.exec(argument.text)?.[1] ?? '';
    const words = tokenize(name).filter(({ norm }) => distinctiveness(norm) > 0);
    return words.length >= 2 && words.every(({ norm }) => isSaid(norm));
  });
}

function echoOf(call: ToolCall, fedTurn: number, lastSaid: ReadonlyMap<string, number>): number {
  const own = new Set(argumentsOf(call).flatMap((argument) => (argument.prose ? [] : argument.tokens.map((token) => token.norm))));
  const shared = new Set<string>();
  for (const { tokens, keyTokens } of resultLeaves(call)) {
    for (const list of [tokens, keyTokens])
      for (const { norm } of list) if ((lastSaid.get(norm) ?? -1) >= fedTurn && !own.has(norm)) shared.add(norm);
  }
  return [...shared].reduce((sum, norm) => sum + distinctiveness(norm), 0);
}

function utterancesOf(run: Run, index: number): Utterance[] {
  const turn = run.turns[index];
  if (turn === undefined) return [];
  const texts = (kind: 'text' | 'reasoning', list: readonly Said[]): Utterance[] =>
    list.map(({ text, tokens }) => ({ turn: index, kind, text, tokens }));
  return [
    ...texts('reasoning', reasoningOf(turn)),
    ...texts('text', textsOf(turn)),
    ...turn.calls.flatMap((call) =>
      argumentsOf(call).map((argument): Utterance => ({
        turn: index,
        kind: 'argument',
        call,
        path: argument.path,
        key: argument.key,
        text: argument.text,
        tokens: argument.tokens,
      })),
    ),
  ];
}

/** Longer values are looked up by their words alone. */
const FEW = 8;

/** The key of a short value of several words as a whole. */
function wholeKey(tokens: readonly Token[]): string | undefined {
  return tokens.length < 2 || tokens.length > FEW ? undefined : `=${tokens.map((token) => token.norm).join(' ')}`;
}

const fieldKey = (name: string, norm: string): string => `~${keyWords(name)}=${norm}`;

/** What an argument is looked up as beside its words: the whole value, and the field of its name. */
function wholesOf({ kind, key, tokens }: Utterance): { key: string; size: number; at: number }[] {
  if (kind !== 'argument' || tokens.length === 0 || tokens.length > FEW) return [];
  const whole = wholeKey(tokens);
  const norm = tokens.map((token) => token.norm).join(' ');
  const keys = [...(whole === undefined ? [] : [whole]), ...(key === undefined || key === '' ? [] : [fieldKey(key, norm)])];
  return keys.map((each) => ({ key: each, size: tokens.length, at: 0 }));
}

function weightOf(key: string, size: number, source: { leaf: Leaf; asKey: boolean }, utterance: Utterance, at: number): number {
  if (key.startsWith('=')) return 0.7;
  if (key.startsWith('~')) return namesThing(utterance.key ?? '') ? 0.8 : 0.4;
  const parts = key.split(' ');
  const weights = parts.map(distinctiveness);
  const content = weights.filter((weight) => weight > 0).length;
  if (size === 1) {
    const weight = weights[0] ?? 0;
    if (source.asKey) return saysAbsent(source.leaf) && isNegated(utterance, at) && weight > 0 ? 0.5 : weight / 2;
    // A word that is the whole value is more than a word that occurs in one.
    const isWhole =
      typeof source.leaf.value === 'string' && source.leaf.value.length <= 40 && parts.length === tokenize(source.leaf.value).length;
    return isWhole && weight > 0 && weight < 0.6 ? 0.6 : weight;
  }
  if (source.asKey) return 0.15 * content;
  if (size === 2) return content === 2 ? 0.3 : content === 1 && weights.some((weight) => weight >= 0.6) ? 0.2 : 0;
  return content === 3 ? 0.5 : content === 2 ? 0.35 : content === 1 && !parts.every(isCommon) ? 0.1 : 0;
}

const saysAbsent = (leaf: Leaf): boolean =>
  leaf.value === null ||
  leaf.value === false ||
  leaf.value === 0 ||
  leaf.value === '' ||
  (typeof leaf.value === 'string' && /^(?:none|no|not|never|null|n\/a)\b/iu.test(leaf.value.replaceAll('_', ' ')));

/** A negating word within a few words of the place. */
function isNegated(utterance: Utterance, at: number): boolean {
  return utterance.tokens.slice(Math.max(0, at - 6), at + 7).some((token) => isNegation(token.norm));
}

function toUse(at: number, size: number, leaf: Leaf, where: Utterance, weight: number, shared: boolean): Use {
  const start = where.tokens[at]?.start ?? 0;
  const end = where.tokens[at + size - 1]?.end ?? start;
  return { value: where.text.slice(start, end), path: leaf.path, where, start, end, weight, shared };
}

/** Keeps the strongest evidence, without letting one long quotation fill the list. */
function keep(credit: Credit, use: Use): void {
  const overlapping = credit.uses.findIndex((other) => other.where === use.where && other.start <= use.end && use.start <= other.end);
  if (overlapping >= 0) {
    // Neighbouring n-grams are one quotation.
    const one = credit.uses[overlapping] as Use;
    if (one.weight < use.weight) one.path = use.path;
    one.weight = Math.max(one.weight, use.weight);
    one.start = Math.min(one.start, use.start);
    one.end = Math.max(one.end, use.end);
    one.value = use.where.text.slice(one.start, one.end);
    return;
  }
  credit.uses.push(use);
  if (credit.uses.length > KEEP) {
    credit.uses.sort((a, b) => b.weight - a.weight);
    credit.uses.pop();
  }
}
