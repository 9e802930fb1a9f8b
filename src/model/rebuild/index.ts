import type { ModelCall, Observation, ToolExecution, Transcript } from '../observation.ts';
import type { Labels, Run, ToolCall } from '../run.ts';
import { withoutEstimates } from './estimates.ts';
import { joinExecutions, type Conversation } from './executions.ts';
import { joinPieces } from './pieces.ts';
import { assignThreads, type Thread } from './threads.ts';
import { TimelineBuilder, type Timeline } from './timeline.ts';
import { buildSpanTree } from './tree.ts';
import { lendUsage } from './turn-usage.ts';
import { withoutWrappers } from './wrappers.ts';

/**
 * Ties observations to runs: which model calls are one conversation, what each added to it, which calls made
 * up each batch, where each result came back, and which tool span ran which call.
 */
export function rebuildRuns(told: readonly Observation[]): Run[] {
  const observations = lendUsage(joinPieces(told));
  const runs: Run[] = [];
  for (const observation of observations) if (observation.kind === 'transcript') runs.push(rebuildTranscript(observation));

  const tree = buildSpanTree(observations);
  const modelCalls = withoutWrappers(
    observations.filter((observation): observation is ModelCall => observation.kind === 'model'),
    tree,
  );
  const executions = observations.filter((observation): observation is ToolExecution => observation.kind === 'tool');
  const conversations = withoutEstimates(assignThreads(modelCalls, tree)).map((thread): Conversation => ({
    thread,
    timeline: timelineOf(thread),
  }));
  joinExecutions(executions, conversations, tree);

  const perTrace = new Map<string, number>();
  for (const { thread, timeline } of conversations) {
    const first = thread.calls[0]?.call;
    if (first === undefined) continue;
    const base = thread.traceId ?? thread.conversationId ?? `${first.origin.source}:${first.origin.line ?? 0}`;
    const nth = (perTrace.get(base) ?? 0) + 1;
    perTrace.set(base, nth);
    const starts = thread.calls.map(({ call }) => call.start).filter((start) => start !== undefined);
    runs.push(
      finishRun(timeline, {
        id: nth === 1 ? base : `${base}/${nth}`,
        dialect: first.dialect,
        source: first.origin.source,
        traceId: thread.traceId,
        conversationId: thread.conversationId,
        labels: tree.labelsOf(first),
        start: starts.length > 0 ? Math.min(...starts) : undefined,
        end: Number.isFinite(thread.end) ? thread.end : undefined,
      }),
    );
  }
  return runs;
}

/** One conversation log is one run; it needs nothing from any other. */
function rebuildTranscript(transcript: Transcript): Run {
  const builder = new TimelineBuilder();
  builder.define(transcript.tools);
  builder.feedAll(transcript.messages);
  const timeline = builder.finish();
  if (transcript.model !== undefined) for (const turn of timeline.turns) turn.model ??= transcript.model;
  const { source, line } = transcript.origin;
  return finishRun(timeline, {
    id: transcript.id ?? `${source}:${line ?? 1}`,
    dialect: transcript.dialect,
    source,
    traceId: transcript.origin.traceId,
    conversationId: transcript.id,
    labels: transcript.origin.labels,
    start: transcript.start,
    end: transcript.end,
  });
}

function timelineOf(thread: Thread): Timeline {
  const builder = new TimelineBuilder(thread.inherited);
  for (const { call, input, output, inputKey } of thread.calls) builder.feedCall(call, input, output, inputKey);
  return builder.finish();
}

interface About {
  id: string;
  dialect: string;
  source: string;
  traceId: string | undefined;
  conversationId: string | undefined;
  labels: Labels | undefined;
  start: number | undefined;
  end: number | undefined;
}

function finishRun(timeline: Timeline, about: About): Run {
  // An answer that was thrown away issued calls only as far as the trace shows that they ran.
  for (const turn of timeline.turns) turn.calls = turn.calls.filter((call) => call.ran || !timeline.notTaken.has(call));
  const calls = timeline.turns.flatMap((turn) => turn.calls);
  nameCalls(calls, timeline);
  return {
    id: about.id,
    dialect: about.dialect,
    source: about.source,
    tools: timeline.tools,
    turns: timeline.turns,
    calls,
    trailing: timeline.trailing,
    ...(about.traceId !== undefined && { traceId: about.traceId }),
    ...(about.conversationId !== undefined && { conversationId: about.conversationId }),
    ...(about.labels !== undefined && { labels: about.labels }),
    ...(about.start !== undefined && { start: about.start }),
    ...(about.end !== undefined && { end: about.end }),
  };
}

/** The provider's id where it is unique in the run; a suffix where it is reused or missing. */
function nameCalls(calls: readonly ToolCall[], timeline: Timeline): void {
  const taken = new Map<string, number>();
  for (const call of calls) {
    const base = timeline.providerIds.get(call) ?? call.spanId ?? `turn${call.turn}.${call.index}`;
    const nth = (taken.get(base) ?? 0) + 1;
    taken.set(base, nth);
    call.id = nth === 1 ? base : `${base}~${nth}`;
  }
}
