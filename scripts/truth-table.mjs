// Holds what fanlight reads from the exports of a folder against what they hold: writers x files x checks.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { analyzeRun, readTraces } from '../dist/src/index.js';

export const CHECKS = ['runs', 'batches', 'ids', 'results', 'verdicts', 'dependencies', 'tokens'];

/** What writers lose, one file a writer: `[{ files, check, reason }]`, `files` being a regular expression, `check` one or a list. */
export const readUnknowns = (folder) =>
  readdirSync(folder).flatMap((name) =>
    JSON.parse(readFileSync(join(folder, name), 'utf8')).flatMap(({ check, ...entry }) =>
      [check].flat().map((each) => ({ writer: name.replace(/\.json$/u, ''), ...entry, check: each })),
    ),
  );

/**
 * @param {string} folder one folder a writer, in it one file a conversation (`<scenario><variant>.jsonl`, with `.logs.jsonl`
 *   beside it where the writer logs its content), and `TRUTH.json`: what each scenario holds
 * @param {{ unknowns?: object[]; more?: object; writer?: string }} options `unknowns`: see {@link readUnknowns}; `more`: what `TRUTH.json` leaves out, by scenario; `writer`: only this one
 * @returns rows `{ writer, file, dialects, problems, cells }`; a cell is `{ state, what }`, its state one of `right`,
 *   `unknown` (as it should be), `wrong`, `unexplained` (unknown, and nobody says why), `stale` (right, though said to be lost)
 */
export async function truthTable(folder, { unknowns = [], more = {}, writer: only } = {}) {
  const truths = merged(JSON.parse(readFileSync(join(folder, 'TRUTH.json'), 'utf8')), more);
  const rows = [];
  for (const writer of readdirSync(folder).filter((name) => isWriter(join(folder, name)) && (only ?? name) === name)) {
    for (const { file, paths } of filesOf(join(folder, writer))) {
      const scenario = Object.keys(truths)
        .filter((name) => file === name || file.startsWith(`${name}-`) || file.startsWith(`${name}.`))
        .toSorted((a, b) => b.length - a.length)[0];
      if (scenario === undefined) throw new Error(`${join(folder, 'TRUTH.json')} says nothing of ${writer}/${file}`);
      const { runs, problems } = await read(paths);
      const cells = check(runs, truths[scenario]);
      for (const name of CHECKS) cells[name] = judged(cells[name], reasonFor(unknowns, writer, file, name));
      rows.push({ writer, file, dialects: [...new Set(runs.map(({ run }) => run.dialect))], problems, cells });
    }
  }
  return rows;
}

const isWriter = (path) => statSync(path).isDirectory() && !path.endsWith('/unknown');

const merged = (truths, more) =>
  Object.fromEntries([...Object.keys(truths), ...Object.keys(more)].map((name) => [name, { ...truths[name], ...more[name] }]));

/** The entries of `unknowns` that no cell of the rows needed. */
export const unneeded = (unknowns, rows) =>
  unknowns.filter(
    (entry) =>
      rows.some(({ writer }) => writer === entry.writer) &&
      !rows.some(({ writer, file, cells }) => cells[entry.check].state === 'unknown' && applies(entry, writer, file, entry.check)),
  );

function filesOf(folder) {
  const names = readdirSync(folder).filter((name) => /\.(?:jsonl?|csv|parquet)(?:\.gz)?$/u.test(name));
  const isLogs = (name) => /\.logs\.jsonl(?:\.gz)?$/u.test(name);
  return names
    .filter((name) => !isLogs(name))
    .map((name) => {
      const file = name.replace(/\.[^.]+(?:\.gz)?$/u, '');
      const logs = names.filter((other) => isLogs(other) && other.startsWith(`${file}.logs.`));
      return { file, paths: [name, ...logs].map((each) => join(folder, each)) };
    });
}

async function read(paths) {
  const problems = [];
  const runs = [];
  for await (const run of readTraces(paths, { onProblem: ({ line, reason }) => problems.push(`${line ?? ''} ${reason}`) })) {
    if (run.turns.length > 0) runs.push(analyzeRun(run));
  }
  return { runs, problems };
}

const applies = ({ writer, files, check: name }, ofWriter, file, ofCheck) =>
  name === ofCheck && writer === ofWriter && new RegExp(`^(?:${files})$`, 'u').test(file);

const reasonFor = (unknowns, writer, file, name) => unknowns.find((entry) => applies(entry, writer, file, name))?.reason;

function judged({ state, what }, reason) {
  if (state === 'unknown') return reason === undefined ? { state: 'unexplained', what } : { state, what: reason };
  return state === 'right' && reason !== undefined ? { state: 'stale', what: `said to be lost: ${reason}` } : { state, what };
}

const right = { state: 'right' };
const unknown = (what) => ({ state: 'unknown', what });
const wrong = (what) => ({ state: 'wrong', what });
/** Something wrong makes the cell wrong, else something unknown makes it unknown. */
const worst = (cells) => cells.find(({ state }) => state === 'wrong') ?? cells.find(({ state }) => state === 'unknown') ?? right;

function check(analyzed, truth) {
  if (truth.error !== undefined) return { ...all(right), ...failed(analyzed) };
  if (analyzed.length === 0) return all(unknown('nothing to read'));
  // Requests that nothing ties together are several runs; what is said of each of them has to be right all the same.
  const runs = analyzed.length === 1 ? right : unknown(`${analyzed.length} runs`);
  const told = analyzed
    .toSorted((a, b) => (a.run.start ?? 0) - (b.run.start ?? 0))
    .flatMap(({ run }) => (analyzed.length === 1 ? run.turns : run.turns.filter(({ start }) => start !== undefined)));
  const before = told.length - truth.turns.length;
  if (before < 0 || (before > 0 && truth.hasHistory !== true)) return all(wrong(`${told.length} turns in ${analyzed.length} runs`));
  const turns = told.slice(before).map((turn, i) => ({ ...turn, calls: inOrder(turn, truth.turns[i]) }));
  const tokens = worst(turns.map((turn, i) => tokensOf(turn, truth.usage_per_turn[i])));
  const batches = worst(turns.map((turn, i) => batchOf(turn, truth.turns[i])));
  // Where only the arguments are not known, the rest can be told all the same.
  if (batches.state !== 'right' && batches.what !== NO_ARGUMENTS) return { ...all(batches), runs, tokens };
  const pairs = turns.flatMap((turn, i) => turn.calls.map((call, j) => [call, truth.turns[i].batch[j]]));
  const reports = new Map(analyzed.flatMap(({ run, report }) => run.calls.map((call, i) => [call, report.calls[i]])));
  const idOf = (callId) => pairs.find(([, { call_id }]) => call_id === callId)?.[0].id;
  return {
    runs,
    batches,
    ids: worst(pairs.map(([call, { call_id }]) => sameId(call, call_id))),
    results: worst(pairs.map(([call, { call_id }]) => sameResult(call, truth.results[call_id], truth.failed?.call === call_id))),
    verdicts: worst(pairs.map(([call, { call_id }]) => sameVerdict(reports.get(call), truth, call_id))),
    dependencies: worst(pairs.map(([call, { call_id }]) => sameDependencies(reports.get(call), truth, call_id, idOf))),
    tokens,
  };
}

const all = (cell) => Object.fromEntries(CHECKS.map((name) => [name, cell]));

/** A conversation whose first request fails: one turn that failed and no call, or nothing where the writer tells nothing. */
function failed(analyzed) {
  if (analyzed.length === 0) return { runs: unknown('the failed request left no trace') };
  const turns = analyzed.flatMap(({ run }) => run.turns);
  const calls = turns.flatMap((turn) => turn.calls);
  if (calls.length > 0) return { batches: wrong(`${calls.length} calls`) };
  if (analyzed.length > 1) return { runs: wrong(`${analyzed.length} runs`) };
  if (turns.every((turn) => turn.error !== undefined)) return {};
  const isSilent = turns.every((turn) => turn.error !== undefined || !turn.captured);
  return { runs: isSilent ? unknown('a request without an answer') : wrong('nothing says that the request failed') };
}

const NO_ARGUMENTS = 'arguments are not known';

/** Where the answer was not recorded a batch is its tool spans, and nothing tells which of them the model listed first. */
function inOrder({ calls, captured }, { batch = [] }) {
  const at = (call) => batch.findIndex(({ name, arguments: args }) => name === call.name && isDeepStrictEqual(args, call.arguments));
  return captured ? calls : calls.toSorted((a, b) => at(a) - at(b));
}

function batchOf(turn, { batch = [] }) {
  const [names, expected] = [turn.calls.map(({ name }) => name).join(', '), batch.map(({ name }) => name).join(', ')];
  if (names === expected) {
    const args = turn.calls.map((call) => call.arguments);
    if (args.includes(undefined)) return unknown(NO_ARGUMENTS);
    return isDeepStrictEqual(
      args,
      batch.map((call) => call.arguments),
    )
      ? right
      : wrong(`arguments ${JSON.stringify(args)}`);
  }
  return names === '' && !turn.captured
    ? unknown('calls are not known')
    : wrong(`turn ${turn.index + 1}: ${names || 'no calls'}, not ${expected || 'none'}`);
}

function sameId(call, expected) {
  if (call.id === expected) return right;
  return call.id === call.spanId || /^turn\d+\.\d+$/u.test(call.id) ? unknown(call.id) : wrong(call.id);
}

function sameResult({ result }, expected, hasFailed) {
  if (expected === undefined) return result === undefined ? right : wrong(`a result: ${JSON.stringify(result.content)}`);
  if (result === undefined || (result.content === undefined && !result.error)) return unknown('no result');
  // How a tool failed is told in as many ways as there are writers.
  if (hasFailed && result.error) return right;
  const text = typeof result.content === 'string' ? result.content : JSON.stringify(result.content);
  if (hasFailed && expected === null) return /error|fail|not_found/iu.test(text) ? right : wrong(text);
  return isDeepStrictEqual(parsed(text), expected) ? right : wrong(text);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function sameVerdict({ verdict, wasted }, truth, callId) {
  if (verdict === 'unknown') return truth.open === true ? right : unknown('verdict unknown');
  const isBad = truth.dependent_parallel.some(({ call_id }) => call_id === callId);
  const expected = truth.open === true ? 'unknown' : isBad ? 'superseded' : truth.unused_results.includes(callId) ? 'unused' : 'used';
  return (wasted ?? verdict) === expected ? right : wrong(`${callId} ${wasted ?? verdict}`);
}

function sameDependencies({ verdict, dependsOn }, truth, callId, idOf) {
  if (truth.open === true) return dependsOn.length === 0 ? right : wrong(`${callId} depends on ${dependsOn}`);
  const expected = (truth.dependent_parallel.find(({ call_id }) => call_id === callId)?.depends_on ?? []).map(idOf).toSorted();
  if (isDeepStrictEqual(dependsOn.toSorted(), expected)) return right;
  return dependsOn.length === 0 && verdict === 'unknown' ? unknown('not known') : wrong(`${callId} depends on ${dependsOn}`);
}

function tokensOf({ usage }, expected) {
  if (usage === undefined) return unknown('no tokens');
  const { inputTokens, outputTokens, cachedInputTokens } = usage;
  if (inputTokens !== undefined && inputTokens !== expected.in) return wrong(`${inputTokens} tokens in, not ${expected.in}`);
  if (outputTokens !== undefined && outputTokens !== expected.out) return wrong(`${outputTokens} tokens out, not ${expected.out}`);
  if ((cachedInputTokens ?? expected.cached) !== expected.cached)
    return wrong(`${cachedInputTokens} tokens cached, not ${expected.cached}`);
  if (inputTokens === undefined || outputTokens === undefined) return unknown('not all tokens');
  return cachedInputTokens === undefined && expected.cached > 0 ? unknown('cached tokens not known') : right;
}
