import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyze } from '../../src/index.ts';
import { fileOf, request } from './support.ts';

const folder = join(import.meta.dirname, '../../fixtures/interop/elastic-openai');
const spans = join(folder, 'unused.jsonl');
const logs = join(folder, 'unused.logs.jsonl');
const problemsOf = async (files: string[]): Promise<unknown[]> => (await analyze(files)).problems;

const string = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
const spanFile = (attributes: object[], more: object = {}): string =>
  fileOf(JSON.stringify(request(2, { attributes: [string('gen_ai.operation.name', 'chat'), ...attributes], ...more })));

test('spans without the log records that hold their content say so, once a file; logs without spans too', async () => {
  const reason = expect.stringMatching(/^2 answers asked for tools, but nothing of what was said is recorded\. Give the log records/u);
  expect(await problemsOf([spans])).toEqual([{ source: spans, reason }]);
  expect(await problemsOf([logs])).toEqual([
    { source: logs, reason: expect.stringMatching(/^\d+ log records tell of model calls whose spans are missing\. Give the spans/u) },
  ]);
  expect(await problemsOf([logs, spans])).toEqual([]);
});

describe('answers that asked for tools', () => {
  test.each([
    ['gen_ai.response.finish_reasons', '["tool-calls"]'],
    ['gen_ai.response.finish_reasons', '["stop", "tool_call"]'],
    ['gen_ai.response.finish_reasons', 'tool_use'],
  ])('%s %s', async (key, value) => {
    const file = spanFile([string(key, value)]);
    expect(await problemsOf([file])).toEqual([{ source: file, reason: expect.stringMatching(/^2 answers asked for tools/u) as string }]);
  });

  test.each([
    ['those that ended otherwise', [string('gen_ai.response.finish_reasons', '["stop"]')], {}],
    [
      'those whose answer is there',
      [string('gen_ai.response.finish_reasons', '["tool_calls"]'), string('gen_ai.output.messages', output())],
      {},
    ],
  ])('%s are not meant', async (_, attributes, more) => {
    expect(await problemsOf([spanFile(attributes, more)])).toEqual([]);
  });

  test('of a span that lost attributes only that is told', async () => {
    const file = spanFile([string('gen_ai.response.finish_reasons', '["tool_calls"]')], { droppedAttributesCount: 3 });
    expect(await problemsOf([file])).toEqual([{ source: file, reason: expect.stringContaining('lost attributes') as string }]);
  });
});

test('in the words of OpenInference and of the AI SDK', async () => {
  const openInference = [
    string('openinference.span.kind', 'LLM'),
    string('llm.model_name', 'm'),
    string('llm.finish_reason', 'tool_calls'),
  ];
  const vercel = [string('ai.operationId', 'ai.generateText.doGenerate'), string('ai.response.finishReason', 'tool-calls')];
  for (const attributes of [openInference, vercel]) {
    const file = fileOf(JSON.stringify(request(1, { attributes })));
    expect(await problemsOf([file])).toEqual([{ source: file, reason: expect.stringContaining('asked for tools') as string }]);
  }
});

function output(): string {
  return JSON.stringify([
    { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'tide', arguments: {} }], finish_reason: 'tool_call' },
  ]);
}
