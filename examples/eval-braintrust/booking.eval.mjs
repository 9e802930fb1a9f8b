// Scorers for Braintrust. Nothing is sent here; with BRAINTRUST_API_KEY and without `noSendLogs`, it is an experiment.
//   npm run eval-braintrust
import { Eval } from 'braintrust';
import { dependentParallel, wastedCalls, within } from 'fanlight/braintrust';
import OpenAI from 'openai';
import { answer } from '../booking-agent.mjs';

const client = new OpenAI();

const { results } = await Eval(
  'booking',
  {
    data: [{ input: 'Can I see Dr Okafor on Tuesday afternoon?' }],
    task: (question) => answer(client, question),
    scores: [wastedCalls(), dependentParallel(), within({ toolCalls: 3 })],
  },
  { noSendLogs: true },
);
console.log(results[0].scores);
