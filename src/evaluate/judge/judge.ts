import pLimit from 'p-limit';
import type { Example } from '../dataset.ts';
import type { CheckResult } from '../result.ts';
import { contentKey, JudgeCache } from './cache.ts';
import { judgeMessages, PROMPT_VERSION, readVerdict, RESPONSE_FORMAT, type JudgeVerdict } from './prompt.ts';

/** Of the `openai` package, for any endpoint that speaks its chat completions. */
export interface JudgeClient {
  chat: { completions: { create(body: never, options?: never): PromiseLike<unknown> } };
}

export interface JudgeOptions {
  client: JudgeClient;
  model: string;
  /** What makes an answer correct, where the example does not say it itself. */
  rubric?: string;
  /** File of verdicts already given. Default: `judge.verdicts.jsonl` beside the results; `false` for none. */
  cache?: string | false;
  /** Requests at once. Default 4. */
  concurrency?: number;
  /** Where judging stops; what is left unjudged counts as an error. */
  budget?: { requests?: number; tokens?: number };
  /** How often a malformed verdict is asked for again. Default 2. */
  retries?: number;
  /** Further fields of every request, such as `temperature` or `reasoning_effort`. */
  request?: Record<string, unknown>;
}

export interface JudgeUsage {
  requests: number;
  tokens: number;
  /** Verdicts that cost nothing, since the same answer had been judged before. */
  cached: number;
  errors: number;
}

/** Judges final answers against their references. A verdict that cannot be had is an error, never a pass. */
export class Judge {
  readonly usage: JudgeUsage = { requests: 0, tokens: 0, cached: 0, errors: 0 };
  readonly #options: JudgeOptions;
  readonly #cache: JudgeCache;
  readonly #limit: ReturnType<typeof pLimit>;
  /** The same answer asked about twice at once is asked about once. */
  readonly #asking = new Map<string, Promise<JudgeVerdict>>();

  private constructor(options: JudgeOptions, cache: JudgeCache) {
    this.#options = options;
    this.#cache = cache;
    this.#limit = pLimit(options.concurrency ?? 4);
  }

  /** @param cachePath where verdicts are kept, if the options do not say */
  static async open(options: JudgeOptions, cachePath?: string): Promise<Judge> {
    const path = options.cache === false ? undefined : (options.cache ?? cachePath);
    return new Judge(options, await JudgeCache.open(path));
  }

  async judge(example: Example, answer: string): Promise<CheckResult> {
    const { model, rubric, request } = this.#options;
    const body = { ...request, model, messages: judgeMessages(example, answer, rubric), response_format: RESPONSE_FORMAT };
    const key = contentKey({ version: PROMPT_VERSION, ...body });
    const name = `judge ${model}`;
    try {
      const { correct, reason } = await this.#verdictOf(key, body);
      return { by: 'judge', name, passed: correct, reason };
    } catch (error) {
      this.usage.errors += 1;
      return { by: 'judge', name, passed: null, reason: (error as Error)?.message ?? String(error) };
    }
  }

  async #verdictOf(key: string, body: object): Promise<JudgeVerdict> {
    const known = this.#cache.get(key);
    if (known !== undefined) {
      this.usage.cached += 1;
      return known;
    }
    const asking = this.#asking.get(key);
    if (asking !== undefined) {
      this.usage.cached += 1;
      return asking;
    }
    const verdict = this.#limit(() => this.#ask(body)).then(async (given) => {
      await this.#cache.put(key, given);
      return given;
    });
    this.#asking.set(key, verdict);
    return verdict.finally(() => this.#asking.delete(key));
  }

  async #ask(body: object): Promise<JudgeVerdict> {
    const { client, retries = 2, budget = {} } = this.#options;
    let content: unknown;
    for (let attempt = 0; attempt <= retries; attempt++) {
      if (this.usage.requests >= (budget.requests ?? Infinity) || this.usage.tokens >= (budget.tokens ?? Infinity)) {
        throw new Error(`the judge's budget is spent: ${this.usage.requests} requests, ${this.usage.tokens} tokens`);
      }
      this.usage.requests += 1;
      const response = (await client.chat.completions.create(body as never)) as Completion;
      this.usage.tokens += response.usage?.total_tokens ?? 0;
      content = response.choices?.[0]?.message?.content;
      const verdict = readVerdict(content);
      if (verdict !== undefined) return verdict;
    }
    throw new Error(`the judge gave no verdict in ${retries + 1} attempts; its last answer was ${JSON.stringify(content)?.slice(0, 200)}`);
  }
}

interface Completion {
  choices?: { message?: { content?: unknown } }[];
  usage?: { total_tokens?: number };
}
