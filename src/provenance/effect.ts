import type { ToolDefinition } from '../model/message.ts';
import { keyWords } from './leaves.ts';
import { rememberedText } from '../text/remembered.ts';
import {
  ASKING_WORDS,
  CHECK_WORDS,
  FOREIGN_READ_VERBS,
  FOREIGN_WRITE_VERBS,
  NOUNS_TOO,
  OPENING_WORDS,
  READ_NOUNS,
  RUNNERS,
  READ_VERBS,
  SETTING_VERBS,
  UNDOING_VERBS,
  WRITE_VERBS,
} from '../text/words.ts';

/** What a tool does to the world. */
export type Effect = 'read' | 'write' | 'unknown';

/** The user's word first, then the tool's annotations, then its name and description. */
export function effectOf(
  name: string,
  definitions: ReadonlyMap<string, ToolDefinition>,
  configured: Readonly<Record<string, Effect>> = {},
): Effect {
  // A tool may be called `constructor`.
  const said = Object.hasOwn(configured, name) ? configured[name] : undefined;
  if (said !== undefined) return said;
  const definition = definitions.get(name);
  if (definition?.readOnlyHint === true) return 'read';
  if (definition?.destructiveHint === true || definition?.readOnlyHint === false) return 'write';
  const byName = effectOfWords(nameWords(name));
  if (byName !== 'unknown' || definition?.description === undefined) return byName;
  const firstWord = /^\W*(\w+)/u.exec(definition.description)?.[1];
  // "Returns the …" describes a read; as a name, `return` gives something back.
  if (firstWord?.toLowerCase() === 'returns') return 'read';
  return firstWord === undefined ? 'unknown' : effectOfWords([firstWord.toLowerCase().replace(/(?<=\w{3})s$/u, '')]);
}

/** True for a tool whose answer is a go or a no-go: availability, eligibility, validation. */
export const isCheck: (name: string) => boolean = rememberedText((name) => nameWords(name).some((word) => CHECK_WORDS.has(word)));

/** Whole words, or the end of one where words are not spaced. */
const isAmong = (verbs: ReadonlySet<string>, word: string): boolean =>
  verbs.has(word) || (/[^\x00-\x7f]/u.test(word) && [...verbs].some((verb) => word.endsWith(verb)));
const readsAbroad = (word: string): boolean => isAmong(FOREIGN_READ_VERBS, word);
const writesAbroad = (word: string): boolean => isAmong(FOREIGN_WRITE_VERBS, word);
const fold = (word: string): string =>
  word
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/gu, '')
    .normalize('NFC');

/** The first word that is a verb and nothing else decides; then what only a read gives; then verbs that may be nouns. */
/** True for a tool that sets something to a value: calling it again replaces what it set. */
export const isSettingVerb = (name: string): boolean => SETTING_VERBS.has(nameWords(name)[0] ?? '');

/** True for a tool that takes back what another did. */
export const isUndoingVerb = (name: string): boolean => nameWords(name).some((word) => UNDOING_VERBS.has(word));

/** True for a tool that asks a person, or hands over to one: what it answers is the next instruction. */
export const asksPerson: (name: string) => boolean = rememberedText((name) => nameWords(name).some((word) => ASKING_WORDS.has(word)));

/** True for a tool that has to come first: it opens a session, or tells who is speaking. */
export const opensSession: (name: string) => boolean = rememberedText((name) => nameWords(name).some((word) => OPENING_WORDS.has(word)));

/** True for a tool that runs whatever it is given: a shell, an interpreter. */
export const isManifold = (name: string): boolean => nameWords(name).some((word) => RUNNERS.has(word));

/** What a tool is about: the words of its name that are no verbs and say more than that it reads. */
export const nounsOf: (name: string) => readonly string[] = rememberedText((name) =>
  nameWords(name).filter((word) => !isVerb(word) && !READ_NOUNS.has(word) && word.length > 2),
);

/** The same with verbs that may be nouns: all but the word that the name begins with, where that is a verb. */
export const topicsOf: (name: string) => readonly string[] = rememberedText((name) => [
  ...new Set([...nounsOf(name), ...nameWords(name).filter((word, i) => i > 0 && !READ_NOUNS.has(word) && word.length > 2)]),
]);

/** The verbs of a tool's name. */
export const verbsOf = (name: string): string[] => nameWords(name).filter(isVerb);

const isVerb = (word: string): boolean => READ_VERBS.has(word) || (WRITE_VERBS.has(word) && !NOUNS_TOO.has(word));

function effectOfWords(words: readonly string[]): Effect {
  const verbs = words.filter((word) => READ_VERBS.has(word) || WRITE_VERBS.has(word));
  const effectOfVerb = (verb: string): Effect => (READ_VERBS.has(verb) ? 'read' : 'write');
  const foreign = words.map(fold).find((word) => readsAbroad(word) || writesAbroad(word));
  if (foreign !== undefined && verbs.length === 0) return readsAbroad(foreign) ? 'read' : 'write';
  const plain = verbs.find((verb) => !NOUNS_TOO.has(verb));
  if (plain !== undefined) return effectOfVerb(plain);
  if (words.some((word) => READ_NOUNS.has(word))) return 'read';
  return verbs[0] === undefined ? 'unknown' : effectOfVerb(verbs[0]);
}

/** The words of a tool's name, name spaces (`server__tool`, `ns.tool`) left out. */
export const nameWords: (name: string) => readonly string[] = rememberedText((name) => {
  const own = name.split(/__|[./:]/u).at(-1) ?? name;
  return keyWords(own).split(' ').filter(Boolean);
});
