/** US dollars for a million tokens. */
export interface Price {
  input: number;
  output: number;
  /** Input that the provider had cached; default: as `input`. */
  cachedInput?: number | undefined;
}

/** By the name of the model, as the trace has it. A model that is not here has no price: what it cost is unknown. */
export type Prices = Readonly<Record<string, Price>>;

export function priceOf(prices: Prices, model: string | undefined): Price | undefined {
  // Names come from traces: `constructor` is no model.
  return model === undefined || model in Object.prototype ? undefined : prices[model];
}

/** What a model call cost; undefined where its price or its tokens are not known. Output counts with its reasoning. */
export function usdOfUsage(
  usage: { inputTokens?: number; outputTokens?: number; cachedInputTokens?: number } | undefined,
  price: Price | undefined,
): number | undefined {
  if (usage?.inputTokens === undefined || price === undefined) return undefined;
  const cached = Math.min(usage.cachedInputTokens ?? 0, usage.inputTokens);
  const { input, output, cachedInput = input } = price;
  return ((usage.inputTokens - cached) * input + cached * cachedInput + (usage.outputTokens ?? 0) * output) / 1e6;
}
