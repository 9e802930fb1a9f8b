import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  TooltipDisplayMode,
  type DataSourceRef,
} from '@grafana/grafana-foundation-sdk/common';
import type { DashboardLink } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { LABELS, type Label } from './metrics.ts';
import { DATASOURCE } from './variables.ts';

interface Frame {
  title: string;
  /** One sentence: what the panel shows. */
  description: string;
  unit: string;
  decimals?: number;
  /** Of 24 columns. */
  width: number;
  links?: Builder<DashboardLink>[];
}

interface Query {
  legend: string;
  expr: string;
}

/** Numbers for the whole time shown. */
export const stat = (spec: Frame & { queries: Query[] }) =>
  frame(new StatBuilder(), spec, 4)
    .targets(spec.queries.map((query, i) => target(query, i).instant()))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));

export const timeSeries = (spec: Frame & { queries: Query[]; stacked?: boolean; dataLinks?: Builder<DashboardLink>[] }) => {
  const panel = frame(new TimeSeriesBuilder(), spec, 8)
    .targets(spec.queries.map((query, i) => target(query, i).range()))
    .min(0)
    .lineWidth(2)
    .fillOpacity(spec.stacked === true ? 40 : 8)
    .legend(new VizLegendOptionsBuilder().showLegend(true).displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (spec.stacked === true) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (spec.dataLinks !== undefined) panel.dataLinks(spec.dataLinks);
  return panel;
};

interface Column {
  title: string;
  unit: string;
  decimals?: number;
  /** Grouped by the table's label. */
  expr: string;
}

interface CellLink {
  title: string;
  url: string;
  targetBlank: boolean;
}

/** A row for each value of a label, over the whole time shown. */
export const table = (spec: Frame & { label: Label; heading: string; columns: Column[]; cellLinks?: CellLink[] }) => {
  const fields = spec.columns.map(({ title }, i) => [`Value #${refId(i)}`, title] as const);
  const panel = frame(new TableBuilder(), spec, 9)
    .targets(spec.columns.map(({ title, expr }, i) => target({ legend: title, expr }, i).instant().format(PromQueryFormat.Table)))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries([LABELS[spec.label], ...fields.map(([field]) => field)].map((field, i) => [field, i])),
        renameByName: Object.fromEntries([[LABELS[spec.label], spec.heading], ...fields]),
      },
    });
  if (spec.cellLinks !== undefined) panel.overrideByName(spec.heading, [{ id: 'links', value: spec.cellLinks }]);
  for (const { title, unit, decimals } of spec.columns) {
    panel.overrideByName(title, [{ id: 'unit', value: unit }, ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }])]);
  }
  return panel;
};

/** What panels of every kind can be told. */
interface Framed {
  title(title: string): this;
  description(description: string): this;
  unit(unit: string): this;
  decimals(decimals: number): this;
  noValue(text: string): this;
  datasource(ref: DataSourceRef): this;
  span(width: number): this;
  height(height: number): this;
  links(links: Builder<DashboardLink>[]): this;
  targets(targets: Builder<Dataquery>[]): this;
}

function frame<P extends Framed>(panel: P, { title, description, unit, decimals, width, links }: Frame, height: number): P {
  panel.title(title).description(description).unit(unit).noValue('–').datasource(DATASOURCE).span(width).height(height);
  if (decimals !== undefined) panel.decimals(decimals);
  if (links !== undefined) panel.links(links);
  return panel;
}

const target = ({ legend, expr }: Query, i: number) =>
  new DataqueryBuilder().refId(refId(i)).datasource(DATASOURCE).expr(expr).legendFormat(legend);

const refId = (i: number) => String.fromCodePoint('A'.codePointAt(0)! + i);
