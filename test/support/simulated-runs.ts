import { stringify } from 'yaml';
import { day, word, type Dice, type SimArgument, type SimField, type SimTool } from './simulated-tools.ts';

/** How often things go otherwise. */
const RETRIES = 0.08;
const GUESSES = 0.05;
const RIDES_ALONG = 0.3;
const ONE_BY_ONE = 0.3;
/** Of calls that are rushed: guessed rightly, and guessed wrongly but not refused. */
const LUCKY = 0.2;
const GOES_THROUGH = 0.6;

/** The records that a tool answers with in one run; the first is the one that is taken further. */
type Records = Record<string, unknown>[];

interface ChatMessage {
  role: string;
  [key: string]: unknown;
}

/** A call that was issued beside the one it needed. */
interface Rushed {
  tool: SimTool;
  on: SimTool;
  args: Record<string, unknown>;
  error?: string;
}

/** One conversation of an agent that has the tools, in OpenAI's form. */
export class SimulatedRun {
  /** Ids of the calls that were issued on a guess beside the one they needed, with the id of that one. */
  readonly dependent = new Map<string, string>();
  readonly #dice: Dice;
  /** How often a call that could follow is issued beside what feeds it. */
  readonly #rushes: number;
  readonly #rushed = new Map<SimTool, Rushed>();
  readonly #records = new Map<SimTool, Records>();
  readonly #asked: string[] = [];
  readonly #subject: string;
  readonly #messages: ChatMessage[] = [];
  #calls = 0;

  constructor(dice: Dice, rushes = 0) {
    this.#dice = dice;
    this.#rushes = rushes;
    this.#subject = `${word(dice)} ${dice.between(10_000, 99_999)}`;
  }

  conversation(id: string, tools: readonly SimTool[]): object {
    const dice = this.#dice;
    const goals = Array.from({ length: dice.between(1, 2) }, () => dice.pick(tools));
    const plan = new Map<SimTool, Record<string, unknown>>();
    const levels: SimTool[][] = [];
    const levelOf = new Map<SimTool, number>();
    const fedBy = new Map<SimTool, SimArgument[]>();
    const visit = (tool: SimTool): number => {
      const known = levelOf.get(tool);
      if (known !== undefined) return known;
      const args: Record<string, unknown> = {};
      let level = 0;
      for (const argument of tool.arguments) {
        if (argument.isOptional && dice.chance(0.4)) continue;
        const { source } = argument;
        const isFed = source.kind === 'fed' && dice.chance(source.share);
        if (isFed) level = Math.max(level, visit(source.tool) + 1);
        if (isFed) fedBy.set(tool, [...(fedBy.get(tool) ?? []), argument]);
        args[argument.name] = this.#valueOf(argument, isFed);
      }
      levelOf.set(tool, level);
      plan.set(tool, args);
      (levels[level] ??= []).push(tool);
      return level;
    };
    for (const goal of goals) visit(goal);
    for (const tool of tools) if (tool.arguments.every(({ source }) => source.kind !== 'fed') && dice.chance(RIDES_ALONG)) visit(tool);

    const said = `Please help with ${word(dice)} for account ${this.#subject}. ${this.#asked.map((value) => `Use ${value}.`).join(' ')}`;
    this.#messages.push({ role: 'system', content: 'You are an assistant with tools.' }, { role: 'user', content: said });
    for (const [i, level] of levels.entries()) {
      const early = (levels[i + 1] ?? []).filter((tool) => this.#rush(tool, fedBy.get(tool) ?? [], level, plan.get(tool) ?? {}));
      levels[i + 1] &&= (levels[i + 1] ?? []).filter((tool) => !early.includes(tool));
      const batches = early.length === 0 && dice.chance(ONE_BY_ONE) ? level.map((tool) => [tool]) : [[...level, ...early]];
      for (const batch of batches) if (batch.length > 0) this.#call(batch, plan);
    }
    this.#messages.push({ role: 'assistant', content: 'Done.' });
    return { id, messages: this.#messages, tools: tools.map(definitionOf) };
  }

  /** Whether the tool is called beside the one that feeds it, on a value of the model's own. */
  #rush(tool: SimTool, [argument, ...more]: readonly SimArgument[], beside: readonly SimTool[], args: Record<string, unknown>): boolean {
    const dice = this.#dice;
    if (this.#rushes === 0 || argument?.source.kind !== 'fed' || argument.source.isList || more.length > 0) return false;
    const { tool: on, field } = argument.source;
    if (!beside.includes(on) || this.#rushed.has(on) || !dice.chance(this.#rushes)) return false;
    const isLucky = dice.chance(LUCKY);
    const isRefused = !isLucky && !dice.chance(GOES_THROUGH);
    const guess = isLucky ? args : { ...args, [argument.name]: field.format(dice) };
    this.#rushed.set(tool, { tool, on, args: guess, ...(isRefused && { error: 'no such record' }) });
    return true;
  }

  #valueOf({ source }: SimArgument, isFed: boolean): unknown {
    const dice = this.#dice;
    switch (source.kind) {
      case 'fed': {
        const records = this.#recordsOf(source.tool);
        const values = records.slice(0, source.isList ? 2 : 1).map((record) => record[source.field.name]);
        const given = isFed ? values : [this.#tell(source.field)];
        return source.isList ? given : given[0];
      }
      case 'user':
        return this.#tell(source);
      case 'subject':
        return this.#subject;
      case 'constant':
        return dice.pick(source.values);
      case 'prose':
        return `The user asked to have the ${word(dice)} looked at before the ${word(dice)} is due.`;
    }
  }

  /** A value that the user's message will hold. */
  #tell({ format }: Pick<SimField, 'format'>): unknown {
    const value = format(this.#dice);
    this.#asked.push(String(value));
    return value;
  }

  #recordsOf(tool: SimTool): Records {
    const known = this.#records.get(tool);
    if (known !== undefined) return known;
    const dice = this.#dice;
    const records = Array.from({ length: tool.isList ? dice.between(2, 4) : 1 }, () => {
      const record: Record<string, unknown> = Object.fromEntries(tool.fields.map(({ name, format }) => [name, format(dice)]));
      const [first] = tool.fields;
      if (tool.hasAlias && first !== undefined && dice.chance(0.4)) record['alias'] = record[first.name];
      return Object.assign(record, {
        status: dice.pick(['active', 'pending', 'closed']),
        count: dice.pick([5, 10, 25, 50, dice.between(1, 99)]),
        isOpen: dice.chance(0.5),
        amount: dice.between(1000, 400_000) / 100,
        created: day(dice),
        total: dice.between(100, 999),
        year: dice.pick([2025, 2026]),
        note: `${word(dice)} ${word(dice)} was seen by ${word(dice)}`,
      });
    });
    this.#records.set(tool, records);
    return records;
  }

  #call(batch: readonly SimTool[], plan: ReadonlyMap<SimTool, Record<string, unknown>>): void {
    const dice = this.#dice;
    // Beside a call on a guess nothing is tried again: the second attempt would be a guess too.
    const isRushed = batch.some((tool) => this.#rushed.has(tool));
    const failing = new Set(batch.filter(() => !isRushed && dice.chance(RETRIES)));
    const guessing = new Map<SimTool, Record<string, unknown>>();
    for (const tool of batch) {
      if (this.#rushed.has(tool)) continue;
      const fed = tool.arguments.find(({ name, source }) => source.kind === 'fed' && !source.isList && name in (plan.get(tool) ?? {}));
      if (fed?.source.kind !== 'fed' || !dice.chance(GUESSES)) continue;
      guessing.set(tool, { ...plan.get(tool), [fed.name]: fed.source.field.format(dice) });
    }
    this.#issue(
      batch.map((tool): Issued => {
        const rushed = this.#rushed.get(tool);
        if (rushed !== undefined) return rushed;
        const guess = guessing.get(tool);
        const error = guess === undefined ? 'the service timed out, try again' : 'no such record';
        const isFailing = failing.has(tool) || guess !== undefined;
        return { tool, args: guess ?? plan.get(tool) ?? {}, ...(isFailing && { error }) };
      }),
    );
    const again = batch.filter((tool) => failing.has(tool) || guessing.has(tool) || this.#rushed.get(tool)?.error !== undefined);
    if (again.length > 0) this.#issue(again.map((tool): Issued => ({ tool, args: plan.get(tool) ?? {} })));
  }

  #issue(calls: readonly Issued[]): void {
    const ids = calls.map(() => `call_${++this.#calls}`);
    for (const [i, { on }] of (calls as readonly (Issued & Partial<Rushed>)[]).entries()) {
      const needed = calls.findIndex((other) => other.tool === on);
      if (needed >= 0) this.dependent.set(ids[i] ?? '', ids[needed] ?? '');
    }
    const toolCalls = calls.map(({ tool, args }, i) => ({
      id: ids[i],
      type: 'function',
      function: { name: tool.name, arguments: JSON.stringify(args) },
    }));
    this.#messages.push({ role: 'assistant', content: null, tool_calls: toolCalls });
    calls.forEach((call, i) => this.#messages.push({ role: 'tool', tool_call_id: ids[i], content: this.#answerTo(call) }));
  }

  #answerTo({ tool, args, error }: Issued): string {
    if (error !== undefined) return JSON.stringify({ error, ...(tool.echoes && { request: args }) });
    const { foreign } = tool;
    // A pointer to a record that an earlier call, or a call beside it, has told.
    const pointed = foreign && this.#records.get(foreign.tool)?.[0]?.[foreign.field.name];
    const records = this.#recordsOf(tool).map((record) => ({
      ...record,
      ...(foreign && pointed !== undefined && { [foreign.name]: pointed }),
    }));
    const body = tool.isList ? records : records[0];
    const nested = tool.container.toReversed().reduce<unknown>((inner, key) => ({ [key]: inner }), body);
    const answer = tool.echoes && !Array.isArray(nested) ? { ...(nested as object), request: args } : nested;
    return tool.isYaml ? stringify(answer) : JSON.stringify(answer);
  }
}

interface Issued {
  tool: SimTool;
  args: Record<string, unknown>;
  error?: string;
}

const definitionOf = ({ name, arguments: args }: SimTool): object => ({
  type: 'function',
  function: {
    name,
    parameters: {
      type: 'object',
      properties: Object.fromEntries(
        args.map((argument) => [
          argument.name,
          argument.source.kind === 'constant' && argument.source.isOffered ? { enum: argument.source.values } : {},
        ]),
      ),
    },
  },
});

/** Every feed of the tools, as `from path -> to path`. */
export const feedsOf = (tools: readonly SimTool[]): Set<string> =>
  new Set(
    tools.flatMap((tool) =>
      tool.arguments.flatMap(({ name, source }) =>
        source.kind === 'fed' ? [`${source.tool.name} ${source.field.path} -> ${tool.name} $.${name}${source.isList ? '[*]' : ''}`] : [],
      ),
    ),
  );
