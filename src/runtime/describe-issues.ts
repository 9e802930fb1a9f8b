import type { StandardIssue } from './standard-schema.ts';

const MAX_ISSUES = 8;
const MAX_ISSUE_CHARACTERS = 200;
const MAX_VALUE_CHARACTERS = 60;

/** What is wrong with the arguments, in words a model can act on; of bounded length. */
export function describeIssues(issues: readonly StandardIssue[], args: unknown): string {
  const sentences = [
    ...new Set(issues.slice(0, MAX_ISSUES * 2).map((issue) => shortened(describeIssue(issue, args, []), MAX_ISSUE_CHARACTERS))),
  ];
  const told = sentences.slice(0, MAX_ISSUES);
  const more = issues.length - told.length;
  return told.join('; ') + (sentences.length > MAX_ISSUES || issues.length > MAX_ISSUES * 2 ? `; and ${more} more problems` : '');
}

/** Zod's issues say more than the standard asks for. */
interface ZodIssue extends StandardIssue {
  code?: unknown;
  expected?: unknown;
  values?: unknown;
  options?: unknown;
  errors?: unknown;
  keys?: unknown;
  origin?: unknown;
  inclusive?: unknown;
  exact?: unknown;
  minimum?: unknown;
  maximum?: unknown;
  divisor?: unknown;
  format?: unknown;
  pattern?: unknown;
}

/** Any other message was written by the author of the schema, and is better than ours. */
const LIBRARY_MESSAGE = /^(?:Invalid|Too small|Too big|Unrecognized key)/u;

function describeIssue(issue: ZodIssue, args: unknown, base: readonly PropertyKey[]): string {
  const path = [...base, ...pathOf(issue)];
  const held = valueAt(args, path);
  const name = nameOf(path);
  if (typeof issue.code !== 'string' || !LIBRARY_MESSAGE.test(issue.message)) return `${name}: ${issue.message}`;
  if (issue.code === 'unrecognized_keys') return `unknown argument ${keysOf(issue.keys, path)}`;
  if (held === undefined) return `${name} is required`;
  const must = expectation(issue);
  if (must !== undefined) return `${name} must ${must}, got ${shown(held)}`;
  if (issue.code === 'invalid_union') return describeUnion(issue, args, path);
  return `${name}: ${issue.message}`;
}

function expectation(issue: ZodIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `be ${typeName(issue.expected)}`;
    case 'invalid_value':
      return `be ${oneOf(issue.values)}`;
    case 'too_small':
      return sized(issue, issue.minimum, issue.inclusive === false ? 'more than' : 'at least');
    case 'too_big':
      return sized(issue, issue.maximum, issue.inclusive === false ? 'less than' : 'at most');
    case 'not_multiple_of':
      return `be a multiple of ${String(issue.divisor)}`;
    case 'invalid_format':
      return issue.format === 'regex'
        ? `match the pattern ${String(issue.pattern)}`
        : `be ${FORMATS[String(issue.format)] ?? `a valid ${String(issue.format)}`}`;
    case 'invalid_union':
      return unionExpectation(issue);
    default:
      return undefined;
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  email: 'an email address',
  url: 'a URL',
  uuid: 'a UUID',
  date: 'a date (YYYY-MM-DD)',
  datetime: 'a date and time (2026-05-04T09:30:00Z)',
  time: 'a time (09:30:00)',
  duration: 'a duration (PT1H30M)',
};

const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: 'an integer',
  array: 'an array',
  tuple: 'an array',
  object: 'an object',
  record: 'an object',
  null: 'null',
  never: 'left out',
  undefined: 'left out',
};

const typeName = (expected: unknown): string => TYPE_NAMES[String(expected)] ?? `a ${String(expected)}`;

function oneOf(values: unknown): string {
  const shownValues = (Array.isArray(values) ? values : []).map(shown);
  return shownValues.length < 2 ? shownValues.join('') : `${shownValues.slice(0, -1).join(', ')} or ${shownValues.at(-1)}`;
}

function sized(issue: ZodIssue, bound: unknown, compared: string): string {
  const amount = `${issue.exact === true ? 'exactly' : compared} ${String(bound)}`;
  const unit = { string: 'character', array: 'item', set: 'item', map: 'entry', object: 'propert' }[String(issue.origin)];
  if (unit === undefined) return `be ${amount}`;
  const plural = unit === 'propert' ? 'properties' : unit === 'entry' ? 'entries' : bound === 1 ? unit : `${unit}s`;
  return `have ${amount} ${plural}`;
}

/** A union of plain types or values is one expectation; one of objects is not. */
function unionExpectation(issue: ZodIssue): string | undefined {
  if (Array.isArray(issue.options) && issue.options.length > 0) return `be ${oneOf(issue.options)}`;
  const branches = branchesOf(issue);
  const plain = branches.map((branch) => (branch.length === 1 && pathOf(branch[0]!).length === 0 ? expectation(branch[0]!) : undefined));
  if (plain.length === 0 || plain.some((must) => !must?.startsWith('be '))) return undefined;
  return `be ${plain.map((must) => must!.slice('be '.length)).join(' or ')}`;
}

/** The branch that is nearest to what was sent is the one that was meant. */
function describeUnion(issue: ZodIssue, args: unknown, path: readonly PropertyKey[]): string {
  const branches = branchesOf(issue).map((branch) => ({ branch, wrongType: branch.some((inner) => pathOf(inner).length === 0) }));
  const nearest = branches.sort((a, b) => Number(a.wrongType) - Number(b.wrongType) || a.branch.length - b.branch.length)[0]?.branch ?? [];
  if (nearest.length === 0) return `${nameOf(path)}: ${issue.message}`;
  return nearest
    .slice(0, MAX_ISSUES)
    .map((inner) => describeIssue(inner, args, path))
    .join(' and ');
}

const branchesOf = (issue: ZodIssue): ZodIssue[][] =>
  Array.isArray(issue.errors) ? (issue.errors as ZodIssue[][]).filter(Array.isArray) : [];

const pathOf = (issue: StandardIssue): PropertyKey[] =>
  (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let held = value;
  for (const key of path) {
    if (typeof held !== 'object' || held === null || !Object.hasOwn(held, key)) return undefined;
    held = (held as Record<PropertyKey, unknown>)[key];
  }
  return held;
}

/** `"guests[0].name"`; the arguments as a whole are called so. */
function nameOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the arguments';
  return quoted(
    path.reduce<string>(
      (name, key) => (typeof key === 'number' ? `${name}[${key}]` : name === '' ? String(key) : `${name}.${String(key)}`),
      '',
    ),
  );
}

function keysOf(keys: unknown, path: readonly PropertyKey[]): string {
  const names = (Array.isArray(keys) ? keys : []).slice(0, MAX_ISSUES).map((key: unknown) => nameOf([...path, String(key)]));
  return names.join(', ');
}

/** Lists and objects are only named: the model knows what it sent, and it may be long. */
function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

const quoted = (text: string): string => JSON.stringify(shortened(text, MAX_VALUE_CHARACTERS));

const shortened = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);
