import { HISTOGRAMS, LABELS, METRICS, type Label, type Metric } from './metrics.ts';

/** The whole time shown, for one number; or one step of a graph. */
export type Window = '$__range' | '$__rate_interval';

export interface Narrowing {
  by?: readonly Label[];
  /** Matchers by label, written out: `{ verdict: '="wasted"' }`. */
  where?: Partial<Record<Label, string>>;
}

/** How a dashboard's variables narrow its queries: `=~` where several can be chosen, `=` where one can. */
export type Variables = Partial<Record<Label, '=' | '=~'>>;

export function promql(variables: Variables) {
  /** Every variable narrows the metrics that have its label. */
  const selector = (metric: Metric, where: Narrowing['where'] = {}) => {
    const chosen = metric.labels.flatMap((label) => (label in variables ? [`${LABELS[label]}${variables[label]}"$${label}"`] : []));
    const asked = Object.entries(where).map(([label, matcher]) => `${LABELS[label as Label]}${matcher}`);
    return `{${['job="$service"', ...chosen, ...asked].join(', ')}}`;
  };
  const sum = (call: 'increase' | 'rate', name: string, metric: Metric, window: Window, { by = [], where }: Narrowing) =>
    `${sumBy(by.map((label) => LABELS[label]))} (${call}(${name}${selector(metric, where)}[${window}]))`;

  const grown = (metric: Metric, window: Window, narrowing: Narrowing = {}) => sum('increase', metric.name, metric, window, narrowing);
  const perMinute = (metric: Metric, narrowing: Narrowing = {}) =>
    `60 * ${sum('rate', metric.name, metric, '$__rate_interval', narrowing)}`;
  const total = (histogram: Metric, window: Window, narrowing: Narrowing = {}) =>
    sum('increase', `${histogram.name}_sum`, histogram, window, narrowing);
  const count = (histogram: Metric, window: Window, narrowing: Narrowing = {}) =>
    sum('increase', `${histogram.name}_count`, histogram, window, narrowing);
  const quantile = (q: number, histogram: Metric, window: Window, { by = [], where }: Narrowing = {}) =>
    `histogram_quantile(${q}, ${sumBy(['le', ...by.map((label) => LABELS[label])])} (rate(${histogram.name}_bucket${selector(histogram, where)}[${window}])))`;

  /** Wasted calls among those with a verdict. */
  const wastedRate = (window: Window, { by, where }: Narrowing = {}) => {
    const among = (verdict: string) => grown(METRICS.toolCalls, window, { ...(by && { by }), where: { ...where, verdict } });
    return share(among('="wasted"'), among('!="unknown"'));
  };
  const dependentRate = (window: Window, { by }: Narrowing = {}) => {
    const grouped = by && { by };
    return share(
      grown(METRICS.dependentCalls, window, { ...grouped }),
      grown(METRICS.toolCalls, window, { ...grouped, where: { parallel: '="true"' } }),
    );
  };
  /** How much longer the calls of parallel batches would have taken one after another. */
  const speedUp = (window: Window, narrowing: Narrowing = {}) => ({
    won: quotient(total(HISTOGRAMS.batchSerialDuration, window, narrowing), total(HISTOGRAMS.batchDuration, window, narrowing)),
    possible: quotient(total(HISTOGRAMS.batchSerialDuration, window, narrowing), total(HISTOGRAMS.batchLongestCall, window, narrowing)),
  });

  return { grown, perMinute, total, count, quantile, wastedRate, dependentRate, speedUp };
}

/** A counter that never counted has no series: it is nought wherever the other one has any. */
export const orNought = (expression: string, other: string) => `(${expression} or 0 * ${other})`;

export const share = (part: string, whole: string) => quotient(orNought(part, whole), whole);

/** Nothing rather than NaN where there is nothing to divide by. */
export const quotient = (dividend: string, divisor: string) => `${dividend} / (${divisor} > 0)`;

const sumBy = (labels: readonly string[]) => (labels.length === 0 ? 'sum' : `sum by (${labels.join(', ')})`);
