// Assertions on what an agent did. The first test fails, as it should: the model books on a guess.
//   npm run eval-vitest
import 'fanlight/vitest';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { answer } from '../booking-agent.mjs';

const { messages } = await answer(new OpenAI(), 'Can I see Dr Okafor on Tuesday afternoon?');

test('no call is wasted', () => {
  expect(messages).toHaveNoWastedCalls();
});

test('it gets by with three calls', () => {
  expect(messages).toBeWithin({ toolCalls: 3, turns: 3, wastedRate: 0.5 });
});
