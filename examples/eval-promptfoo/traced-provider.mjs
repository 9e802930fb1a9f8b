// The agent as a provider whose model calls are traced: with `tracing` on, promptfoo keeps the spans and hands them over.
import { instrumentOpenAI } from 'fanlight/tracing';
import OpenAI from 'openai';
import { answer } from '../booking-agent.mjs';

const client = instrumentOpenAI(new OpenAI(), { content: 'full' });

export default class TracedBookingAgent {
  id = () => 'traced-booking-agent';

  async callApi(prompt) {
    const { text } = await answer(client, prompt);
    return { output: text };
  }
}
