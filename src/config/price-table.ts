import type { Price, Prices } from '../../analyzers/prices.ts';
import { ConfigError } from './error.ts';

const A_MILLION = 1_000_000;

/**
 * Prices of the package `@pydantic/genai-prices`, under your own: a record that looks unknown names up. A model that
 * neither knows has no price. Tiers are not: the price is that of a short input.
 *
 * @throws ConfigError where the package is not installed
 */
export async function withPriceTable(own: Prices): Promise<Prices> {
  const { calcPrice } = await import('@pydantic/genai-prices').catch((error: unknown) => {
    throw new ConfigError('priceTable is "genai-prices", and that package is not installed: npm install @pydantic/genai-prices', {
      cause: error,
    });
  });
  const unit = (usage: Record<string, number>, model: string): number | undefined => calcPrice(usage, model)?.total_price;
  const lookUp = (model: string): Price | undefined => {
    const input = unit({ input_tokens: 1000, output_tokens: 0 }, model);
    const output = unit({ input_tokens: 0, output_tokens: 1000 }, model);
    const cached = unit({ input_tokens: 1000, cache_read_tokens: 1000, output_tokens: 0 }, model);
    if (input === undefined || output === undefined) return undefined;
    const aMillion = (usd: number): number => (usd * A_MILLION) / 1000;
    return { input: aMillion(input), output: aMillion(output), ...(cached !== undefined && { cachedInput: aMillion(cached) }) };
  };
  const known = new Map<string, Price | undefined>();
  return new Proxy(own, {
    get(target, model) {
      if (typeof model !== 'string') return undefined;
      if (Object.hasOwn(target, model)) return target[model];
      if (!known.has(model)) known.set(model, lookUp(model));
      return known.get(model);
    },
  });
}
