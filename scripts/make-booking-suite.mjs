// Writes fixtures/booking/dataset.jsonl: the conversations of the booking suite, one a line, with reference answers and
// checks. They are put together from fixtures/booking/scenarios.mjs; every run writes the same file.
//   node scripts/make-booking-suite.mjs [file]
import { writeFileSync } from 'node:fs';
import { conversations } from '../fixtures/booking/conversations.mjs';

const file = process.argv[2] ?? new URL('../fixtures/booking/dataset.jsonl', import.meta.url);
const lines = conversations().map(({ id, channel, kind, system, user, reference, checks, weight }) => {
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content: user },
  ];
  return JSON.stringify({ id, input: { messages, channel, kind }, reference, checks, weight });
});
writeFileSync(file, `${lines.join('\n')}\n`);
