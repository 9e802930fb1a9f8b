import type { ContextItem, Turn } from '../model/run.ts';
import { tokenize, type Token } from '../text/tokens.ts';
import { remembered } from '../text/remembered.ts';

/** The texts of a run as tokens, made once: several passes over the run ask for them. */
export interface Said {
  text: string;
  tokens: readonly Token[];
}

const saidAs = (text: string): Said => ({ text, tokens: tokenize(text) });

/** What the user, the prompt or a note says. */
export const contextTokens: (item: ContextItem) => readonly Token[] = remembered(({ text }) => tokenize(text));

/** What the model says to the user in a turn. */
export const textsOf: (turn: Turn) => readonly Said[] = remembered(({ text }) => text.map(saidAs));

/** What it says to itself. */
export const reasoningOf: (turn: Turn) => readonly Said[] = remembered(({ reasoning }) => reasoning.map(saidAs));
