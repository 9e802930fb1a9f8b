import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Report } from '../report-data.ts';
import { ONLY, SORTS, type Filter, type Only, type SortKey } from './filter.ts';

interface Props {
  report: Report;
  filter: Filter;
  onChange: (part: Partial<Filter>) => void;
}

export function FilterBar({ report, filter, onChange }: Props) {
  const variants = useMemo(() => [...new Set(report.rows.flatMap(({ variant }) => variant ?? []))], [report]);
  return (
    <div class="filters" role="search">
      <SearchBox value={filter.text} onChange={(text) => onChange({ text })} />
      <Choice
        name="Only runs"
        value={filter.only}
        all="all runs"
        options={Object.entries(ONLY)}
        onChange={(only) => onChange({ only: only as Only | '' })}
      />
      {variants.length > 0 && (
        <Choice
          name="Variant"
          value={filter.variant}
          all="all"
          options={variants.map((name) => [name, name])}
          onChange={(variant) => onChange({ variant })}
        />
      )}
      <label>
        <span>At least, in seconds</span>
        <input
          type="number"
          min="0"
          step="0.5"
          value={filter.minMs === 0 ? '' : filter.minMs / 1000}
          onChange={(event) => onChange({ minMs: Number(event.currentTarget.value) * 1000 })}
        />
      </label>
      <Choice
        name="Sort by"
        value={filter.sort}
        options={Object.entries(SORTS).map(([key, [falling, rising]]) => [
          key,
          filter.isAscending && key === filter.sort ? rising : falling,
        ])}
        onChange={(sort) => onChange({ sort: sort as SortKey, isAscending: false })}
      />
    </div>
  );
}

/** While somebody types, the box and not the address says what its text is: the address lags behind. */
function SearchBox({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const box = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (box.current !== null && document.activeElement !== box.current) box.current.value = value;
  }, [value]);
  return (
    <label class="search">
      <span>Search</span>
      <input
        ref={box}
        type="search"
        placeholder="the user’s words, an id, a tool"
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}

interface ChoiceProps {
  name: string;
  value: string;
  /** Label of the choice that filters nothing. */
  all?: string;
  options: [value: string, text: string][];
  onChange: (value: string) => void;
}

function Choice({ name, value, all, options, onChange }: ChoiceProps) {
  return (
    <label>
      <span>{name}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {all !== undefined && <option value="">{all}</option>}
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
