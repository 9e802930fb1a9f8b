import { DashboardBuilder, DashboardCursorSync, DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { TOOL_DETAIL, wastedInJaeger } from './links.ts';
import { HISTOGRAMS, LABELS, METRICS } from './metrics.ts';
import { stat, timeSeries } from './panels.ts';
import { orNought, promql } from './promql.ts';
import { datasource, jaeger, models, oneTool, service } from './variables.ts';

const { grown, perMinute, quantile, wastedRate } = promql({ tool: '=', model: '=~' });

const TOOL = { 'gen_ai.tool.name': '${tool:percentencode}' };
const links = [wastedInJaeger(TOOL)];
const calls = grown(METRICS.toolCalls, '$__range');

export const toolDetail = () =>
  new DashboardBuilder('Tool detail')
    .uid(TOOL_DETAIL)
    .description('One tool: what became of its calls, how long they took and what the wasted ones cost.')
    .tags(['fanlight'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(new DashboardLinkBuilder('fanlight').type(DashboardLinkType.Dashboards).tags(['fanlight']).keepTime(true))
    .variables([datasource(), service(), oneTool(), models(), jaeger()])
    .withPanel(
      stat({
        title: 'Calls',
        description: 'How often the tool was called.',
        unit: units.Short,
        decimals: 0,
        width: 4,
        links,
        queries: [{ legend: 'calls', expr: calls }],
      }),
    )
    .withPanel(
      stat({
        title: 'Wasted-call rate',
        description: "The share of the tool's calls with a verdict that were wasted.",
        unit: units.PercentUnit,
        decimals: 1,
        width: 5,
        links,
        queries: [{ legend: 'wasted', expr: wastedRate('$__range') }],
      }),
    )
    .withPanel(
      stat({
        title: 'Dependent calls',
        description: 'Calls of the tool that should have waited for the result of another call of their batch.',
        unit: units.Short,
        decimals: 0,
        width: 5,
        links,
        queries: [{ legend: 'dependent', expr: orNought(grown(METRICS.dependentCalls, '$__range'), calls) }],
      }),
    )
    .withPanel(
      stat({
        title: 'Tokens wasted',
        description: "Tokens of the tool's wasted calls and of their results.",
        unit: units.Short,
        width: 5,
        links,
        queries: [{ legend: 'tokens', expr: orNought(grown(METRICS.wastedTokens, '$__range'), calls) }],
      }),
    )
    .withPanel(
      stat({
        title: 'Dollars wasted',
        description: "What the tokens of the tool's wasted calls cost.",
        unit: units.Dollars,
        width: 5,
        links,
        queries: [{ legend: 'dollars', expr: orNought(grown(METRICS.wastedCost, '$__range'), calls) }],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Calls by verdict',
        description: 'Calls of the tool a minute: used, wasted, or unknown because the trace does not tell.',
        unit: units.CountsPerMinute,
        width: 12,
        stacked: true,
        links,
        queries: [{ legend: `{{${LABELS.verdict}}}`, expr: perMinute(METRICS.toolCalls, { by: ['verdict'] }) }],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Wasted calls by kind',
        description: 'Wasted calls of the tool a minute: dropped, superseded by a corrected one, duplicates, or fed back and unused.',
        unit: units.CountsPerMinute,
        width: 12,
        stacked: true,
        links,
        dataLinks: [wastedInJaeger({ ...TOOL, 'fanlight.wasted': `\${__field.labels.${LABELS.kind}}` })],
        queries: [{ legend: `{{${LABELS.kind}}}`, expr: perMinute(METRICS.wastedCalls, { by: ['kind'] }) }],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Duration',
        description: 'How long the calls took: the median call, and the one that 5 % are slower than.',
        unit: units.Seconds,
        width: 12,
        links,
        queries: [
          { legend: 'p50', expr: quantile(0.5, HISTOGRAMS.toolCallDuration, '$__rate_interval') },
          { legend: 'p95', expr: quantile(0.95, HISTOGRAMS.toolCallDuration, '$__rate_interval') },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Dependent calls over time',
        description: 'Calls of the tool a minute that should have waited for another call of their batch, by the model that made them.',
        unit: units.CountsPerMinute,
        width: 12,
        stacked: true,
        links,
        queries: [{ legend: `{{${LABELS.model}}}`, expr: perMinute(METRICS.dependentCalls, { by: ['model'] }) }],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Tokens wasted by model',
        description: "Tokens a minute that went into the tool's wasted calls and their results, by the model that made them.",
        unit: units.CountsPerMinute,
        width: 12,
        stacked: true,
        links,
        queries: [{ legend: `{{${LABELS.model}}}`, expr: perMinute(METRICS.wastedTokens, { by: ['model'] }) }],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Dollars wasted by model',
        description: "Dollars an hour that the tool's wasted calls cost, by the model that made them.",
        unit: units.Dollars,
        width: 12,
        stacked: true,
        links,
        queries: [{ legend: `{{${LABELS.model}}}`, expr: `60 * ${perMinute(METRICS.wastedCost, { by: ['model'] })}` }],
      }),
    );
