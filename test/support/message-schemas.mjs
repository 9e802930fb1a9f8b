import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

const FILES = {
  'gen_ai.input.messages': 'gen-ai-input-messages',
  'gen_ai.output.messages': 'gen-ai-output-messages',
  'gen_ai.system_instructions': 'gen-ai-system-instructions',
  'gen_ai.tool.definitions': 'gen-ai-tool-definitions',
};

const ajv = new Ajv({ strict: false, validateFormats: false });
const validators = Object.entries(FILES).map(([key, file]) => {
  const schema = JSON.parse(readFileSync(new URL(`../semconv/${file}.json`, import.meta.url), 'utf8'));
  return [key, ajv.compile(schema)];
});

/**
 * The message attributes of a span, and what of them the conventions' JSON schemas do not allow.
 *
 * @param {Record<string, unknown>} attributes
 * @returns {{ count: number, violations: string[] }}
 */
export function checkMessages(attributes) {
  const present = validators.filter(([key]) => attributes[key] !== undefined);
  const violations = present.flatMap(([key, isValid]) =>
    isValid(JSON.parse(String(attributes[key]))) ? [] : [`${key} ${ajv.errorsText(isValid.errors)}: ${attributes[key]}`],
  );
  return { count: present.length, violations };
}
