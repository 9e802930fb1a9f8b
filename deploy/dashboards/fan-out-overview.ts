import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { jaegerSearch, runsInJaeger, toolDetail, wastedInJaeger, WASTED } from './links.ts';
import { HISTOGRAMS, LABELS, METRICS, type Label } from './metrics.ts';
import { stat, table, timeSeries } from './panels.ts';
import { orNought, promql, quotient, share, type Window } from './promql.ts';
import { datasource, jaeger, models, service, tools } from './variables.ts';

const { grown, perMinute, total, count, quantile, wastedRate, dependentRate, speedUp } = promql({ tool: '=~', model: '=~' });

const calls = grown(METRICS.toolCalls, '$__range');
const PARALLEL = { parallel: '="true"' };

export const fanOutOverview = () =>
  new DashboardBuilder('Fan-out overview')
    .uid('fanlight-overview')
    .description("What an agent's tool calls were good for, and what its parallel batches won.")
    .tags(['fanlight'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(new DashboardLinkBuilder('fanlight').type(DashboardLinkType.Dashboards).tags(['fanlight']).keepTime(true))
    .variables([datasource(), service(), models(), tools(), jaeger()])
    .withPanel(
      stat({
        title: 'Wasted-call rate',
        description:
          'The share of tool calls with a verdict whose result was never used, was asked for twice or had to be asked for again.',
        unit: units.PercentUnit,
        decimals: 1,
        width: 4,
        links: [wastedInJaeger()],
        queries: [{ legend: 'wasted', expr: wastedRate('$__range') }],
      }),
    )
    .withPanel(
      stat({
        title: 'Wasted parallel-call rate',
        description: 'The same share among calls that were made in one batch with others.',
        unit: units.PercentUnit,
        decimals: 1,
        width: 4,
        links: [wastedInJaeger()],
        queries: [{ legend: 'wasted', expr: wastedRate('$__range', { where: PARALLEL }) }],
      }),
    )
    .withPanel(
      stat({
        title: 'Dependent-parallel rate',
        description: 'The share of parallel calls that should have waited for the result of another call of their batch.',
        unit: units.PercentUnit,
        decimals: 1,
        width: 4,
        links: [wastedInJaeger()],
        queries: [{ legend: 'dependent', expr: dependentRate('$__range') }],
      }),
    )
    .withPanel(
      stat({
        title: 'Speed-up',
        description:
          'How many times faster parallel batches were than their calls one after another, beside what running all at once could reach.',
        unit: 'suffix:×',
        decimals: 2,
        width: 4,
        links: [runsInJaeger()],
        queries: won('$__range'),
      }),
    )
    .withPanel(
      stat({
        title: 'Tokens wasted',
        description: 'Tokens of wasted calls: what the model wrote to make them and read as their results.',
        unit: units.Short,
        width: 4,
        links: [wastedInJaeger()],
        queries: [{ legend: 'tokens', expr: orNought(grown(METRICS.wastedTokens, '$__range'), calls) }],
      }),
    )
    .withPanel(
      stat({
        title: 'Dollars wasted',
        description: 'What the tokens of wasted calls cost.',
        unit: units.Dollars,
        width: 4,
        links: [wastedInJaeger()],
        queries: [{ legend: 'dollars', expr: orNought(grown(METRICS.wastedCost, '$__range'), calls) }],
      }),
    )
    .withRow(new RowBuilder('Waste'))
    .withPanel(
      timeSeries({
        title: 'Rates',
        description: 'Wasted calls among all, wasted calls among parallel ones and dependent calls among parallel ones, over time.',
        unit: units.PercentUnit,
        width: 12,
        links: [wastedInJaeger()],
        queries: [
          { legend: 'wasted', expr: wastedRate('$__rate_interval') },
          { legend: 'wasted, parallel', expr: wastedRate('$__rate_interval', { where: PARALLEL }) },
          { legend: 'dependent, parallel', expr: dependentRate('$__rate_interval') },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Wasted calls by kind',
        description: 'Wasted calls a minute: dropped, superseded by a corrected one, duplicates, or fed back and unused.',
        unit: units.CountsPerMinute,
        width: 12,
        stacked: true,
        links: [wastedInJaeger()],
        dataLinks: [wastedInJaeger({ 'fanlight.wasted': `\${__field.labels.${LABELS.kind}}` })],
        queries: [{ legend: `{{${LABELS.kind}}}`, expr: perMinute(METRICS.wastedCalls, { by: ['kind'] }) }],
      }),
    )
    .withPanel(
      table({
        title: 'By tool',
        description: 'For each tool its calls, how many of them were wasted or depended on a sibling, and what that cost.',
        unit: units.Short,
        width: 12,
        links: [wastedInJaeger()],
        label: 'tool',
        heading: 'Tool',
        cellLinks: [
          { title: 'Wasted calls in Jaeger', url: jaegerSearch({ ...WASTED, 'gen_ai.tool.name': '${__value.raw}' }), targetBlank: true },
          { title: 'Tool detail', url: toolDetail(), targetBlank: false },
        ],
        columns: [
          ...columnsBy('tool'),
          {
            title: 'Dependent',
            unit: units.Short,
            decimals: 0,
            expr: nextToCalls('tool', grown(METRICS.dependentCalls, '$__range', { by: ['tool'] })),
          },
          ...costsBy('tool'),
        ],
      }),
    )
    .withPanel(
      table({
        title: 'By model',
        description:
          'For each model its calls, how many of them were wasted or depended on a sibling, what its batches won, and what waste cost.',
        unit: units.Short,
        width: 12,
        links: [wastedInJaeger()],
        label: 'model',
        heading: 'Model',
        columns: [
          ...columnsBy('model'),
          { title: 'Dependent', unit: units.PercentUnit, decimals: 1, expr: dependentRate('$__range', { by: ['model'] }) },
          ...won('$__range', 'model').map(({ legend, expr }) => ({ title: `Speed-up ${legend}`, unit: 'suffix:×', decimals: 2, expr })),
          ...costsBy('model'),
        ],
      }),
    )
    .withRow(new RowBuilder('Cost'))
    .withPanel(
      timeSeries({
        title: 'Tokens wasted by tool',
        description: 'Tokens a minute that went into wasted calls and their results, by tool.',
        unit: units.CountsPerMinute,
        width: 8,
        stacked: true,
        links: [wastedInJaeger()],
        dataLinks: [wastedInJaeger({ 'gen_ai.tool.name': `\${__field.labels.${LABELS.tool}}` })],
        queries: [{ legend: `{{${LABELS.tool}}}`, expr: perMinute(METRICS.wastedTokens, { by: ['tool'] }) }],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Dollars wasted by model',
        description: 'Dollars an hour that wasted calls cost, by model.',
        unit: units.Dollars,
        width: 8,
        stacked: true,
        links: [wastedInJaeger()],
        queries: [{ legend: `{{${LABELS.model}}}`, expr: `60 * ${perMinute(METRICS.wastedCost, { by: ['model'] })}` }],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Share of tokens wasted',
        description: 'Tokens of wasted calls among all tokens that the model read and wrote.',
        unit: units.PercentUnit,
        width: 8,
        links: [wastedInJaeger()],
        queries: [
          { legend: 'wasted', expr: share(grown(METRICS.wastedTokens, '$__rate_interval'), grown(METRICS.tokens, '$__rate_interval')) },
        ],
      }),
    )
    .withRow(new RowBuilder('Time'))
    .withPanel(
      timeSeries({
        title: 'Speed-up won and possible',
        description:
          'The time of the calls of parallel batches one after another, over the time that the batches took and over that of their longest calls.',
        unit: 'suffix:×',
        width: 8,
        links: [runsInJaeger()],
        queries: won('$__rate_interval'),
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Run latency',
        description: 'From the first model call of a run to its last answer: the median run, and the one that 5 % are slower than.',
        unit: units.Seconds,
        width: 8,
        links: [runsInJaeger()],
        queries: p50AndP95(HISTOGRAMS.runDuration),
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Batch size',
        description: 'Tool calls in one message of the model: the mean, and the size that 5 % of the batches exceed.',
        unit: units.Short,
        width: 8,
        links: [runsInJaeger()],
        queries: [
          {
            legend: 'mean',
            expr: quotient(total(HISTOGRAMS.batchSize, '$__rate_interval'), count(HISTOGRAMS.batchSize, '$__rate_interval')),
          },
          { legend: 'p95', expr: quantile(0.95, HISTOGRAMS.batchSize, '$__rate_interval') },
        ],
      }),
    )
    .withRow(new RowBuilder('The analysis itself'))
    .withPanel(
      timeSeries({
        title: 'Analysis time',
        description: 'What it took to judge one run, in the process of the agent.',
        unit: units.Seconds,
        width: 8,
        queries: p50AndP95(HISTOGRAMS.analysisDuration),
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Analysis time for run time',
        description: 'The time that went into judging runs, as a share of the time that the runs took.',
        unit: units.PercentUnit,
        width: 8,
        queries: [
          {
            legend: 'analysis',
            expr: quotient(total(HISTOGRAMS.analysisDuration, '$__rate_interval'), total(HISTOGRAMS.runDuration, '$__rate_interval')),
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Spans exported',
        description:
          'Spans a minute by what became of them: annotated, passed on as no part of a run, let go without verdicts at a bound, or failed to export.',
        unit: units.CountsPerMinute,
        width: 8,
        stacked: true,
        queries: [{ legend: `{{${LABELS.outcome}}}`, expr: perMinute(METRICS.exporterSpans, { by: ['outcome'] }) }],
      }),
    );

function won(window: Window, by?: Label) {
  const { won, possible } = speedUp(window, by === undefined ? {} : { by: [by] });
  return [
    { legend: 'won', expr: won },
    { legend: 'possible', expr: possible },
  ];
}

function p50AndP95(histogram: (typeof HISTOGRAMS)[keyof typeof HISTOGRAMS]) {
  return [
    { legend: 'p50', expr: quantile(0.5, histogram, '$__rate_interval') },
    { legend: 'p95', expr: quantile(0.95, histogram, '$__rate_interval') },
  ];
}

/** Nought, not an empty cell, in the row of whatever made calls. */
function nextToCalls(by: Label, expr: string) {
  return orNought(expr, grown(METRICS.toolCalls, '$__range', { by: [by] }));
}

function columnsBy(by: Label) {
  return [
    { title: 'Calls', unit: units.Short, decimals: 0, expr: grown(METRICS.toolCalls, '$__range', { by: [by] }) },
    { title: 'Wasted', unit: units.PercentUnit, decimals: 1, expr: wastedRate('$__range', { by: [by] }) },
  ];
}

function costsBy(by: Label) {
  return [
    { title: 'Tokens wasted', unit: units.Short, expr: nextToCalls(by, grown(METRICS.wastedTokens, '$__range', { by: [by] })) },
    { title: 'Dollars wasted', unit: units.Dollars, expr: nextToCalls(by, grown(METRICS.wastedCost, '$__range', { by: [by] })) },
  ];
}
