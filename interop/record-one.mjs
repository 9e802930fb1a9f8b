// Makes one recording in a process of its own, with the writer's own packages and Node.
//   node record-one.mjs WRITER SCENARIO VARIANT URL FILE
import { conversationOf } from './conversation.mjs';

const [writer, scenario, variant, url, file] = process.argv.slice(2);
const { record } = await import(`./writers/${writer}/record.mjs`);
const isToFail = scenario === 'apierror';
/** Waits for a conversation, which may fail where that is what is recorded, so that its writer can flush. */
const settled = (talk) => (isToFail ? talk.catch(() => {}) : talk);

await record(conversationOf(scenario, variant, { url, file }), settled);
// Some writers keep timers running.
process.exit();
