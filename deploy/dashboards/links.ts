import { DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard';

/** Jaeger's search for the traces of the service and time shown that have a span with these attributes. Jaeger counts in microseconds. */
export function jaegerSearch(tags: Record<string, string> = {}): string {
  const asked = Object.keys(tags).length === 0 ? '' : `&tags=${encodeButVariables(JSON.stringify(tags))}`;
  return `\${jaeger:raw}/search?service=\${service:text}${asked}&start=\${__from}000&end=\${__to}000&lookback=custom&limit=100`;
}

export const WASTED = { 'fanlight.verdict': 'wasted' };

export const wastedInJaeger = (tags: Record<string, string> = {}) =>
  new DashboardLinkBuilder('Wasted calls in Jaeger').url(jaegerSearch({ ...WASTED, ...tags })).targetBlank(true);

export const runsInJaeger = () => new DashboardLinkBuilder('Runs in Jaeger').url(jaegerSearch()).targetBlank(true);

export const TOOL_DETAIL = 'fanlight-tool-detail';

/** With the same service, time and sources, for the tool in the cell that was clicked. */
export const toolDetail = () =>
  `/d/${TOOL_DETAIL}?\${__url_time_range}&\${datasource:queryparam}&\${service:queryparam}&\${jaeger:queryparam}&var-tool=\${__value.raw}`;

/** Grafana fills its variables in after this; they have to stay readable. */
const encodeButVariables = (text: string) =>
  text
    .split(/(?<variable>\$\{[^}]+\})/u)
    .map((piece) => (piece.startsWith('${') ? piece : encodeURIComponent(piece)))
    .join('');
