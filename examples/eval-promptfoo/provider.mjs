// The agent as a provider: what the user reads is the output, the history goes along as metadata.
import OpenAI from 'openai';
import { answer } from '../booking-agent.mjs';

const client = new OpenAI();

export default class BookingAgent {
  id = () => 'booking-agent';

  async callApi(prompt) {
    const { text, messages } = await answer(client, prompt);
    return { output: text, metadata: { messages } };
  }
}
