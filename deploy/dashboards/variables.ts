import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { LABELS, METRICS } from './metrics.ts';

export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

const CALLS = METRICS.toolCalls.name;
const ofService = `${CALLS}{job="$service"}`;

export const datasource = () => new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus');

/** The value is the metrics' `job`, which has the service's namespace before its name; Jaeger knows only the name. */
export const service = () =>
  labelValues('service', 'Service', `label_values(${CALLS}, job)`).regex(String.raw`/^(?<value>(?:.*\/)?(?<text>[^\/]+))$/`);

export const models = () => severalOrAll('model', 'Model', `label_values(${ofService}, ${LABELS.model})`);

export const tools = () => severalOrAll('tool', 'Tool', `label_values(${ofService}, ${LABELS.tool})`);

export const oneTool = () => labelValues('tool', 'Tool', `label_values(${ofService}, ${LABELS.tool})`);

export const jaeger = () =>
  new TextBoxVariableBuilder('jaeger')
    .label('Jaeger')
    .description('Where the links to traces lead')
    .defaultValue('http://localhost:16686')
    .current({ text: 'http://localhost:16686', value: 'http://localhost:16686' });

const labelValues = (name: string, label: string, query: string) =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);

/** All of them is `.*` and not `.+`: a metric whose label was not known counts too. */
const severalOrAll = (name: string, label: string, query: string) =>
  labelValues(name, label, query)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'] });
