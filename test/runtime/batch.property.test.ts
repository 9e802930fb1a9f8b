import { setImmediate as tick } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { executeBatch } from '../../src/runtime/execute-batch.ts';
import type { Tool } from '../../src/runtime/tool.ts';

/**
 * Random batches: sizes, durations, failures, run-alone tools of both kinds, dependencies, caps, aborts, repeated ids,
 * calls that do not fit. The seed is printed: `SEED=… npx vitest run test/runtime/batch` runs the same again.
 */
const RUNS = 3000;

interface Planned {
  ticks: number;
  fails: boolean;
  isWrite: boolean;
  alone: 'no' | 'serialize' | 'defer';
  /** Sends a value that nothing supplied under the name that a look-up answers with. */
  guesses: boolean;
  id: number;
  isUnknown: boolean;
  arguments: 'fit' | 'broken';
  /** Needs the result of the call at this place, where there is one. */
  needs: number | undefined;
}

const planned: fc.Arbitrary<Planned> = fc.record({
  ticks: fc.integer({ min: 0, max: 4 }),
  fails: fc.boolean(),
  isWrite: fc.boolean(),
  alone: fc.constantFrom('no' as const, 'no' as const, 'serialize' as const, 'defer' as const),
  guesses: fc.boolean(),
  id: fc.integer({ min: 0, max: 30 }),
  isUnknown: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  arguments: fc.constantFrom('fit' as const, 'fit' as const, 'fit' as const, 'broken' as const),
  needs: fc.option(fc.integer({ min: 0, max: 11 }), { freq: 2, nil: undefined }),
});

const scenario = fc.record({
  calls: fc.array(planned, { maxLength: 12 }),
  cap: fc.integer({ min: 1, max: 5 }),
  abortAfter: fc.option(fc.integer({ min: 0, max: 6 }), { freq: 5, nil: undefined }),
  guard: fc.constantFrom('off' as const, 'warn' as const, 'defer' as const),
});

test('whatever the batch, it keeps its promises', { timeout: 300_000 }, async () => {
  let batches = 0;
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
  await fc.assert(
    fc.asyncProperty(scenario, async ({ calls, cap, abortAfter, guard }) => {
      batches++;
      let inFlight = 0;
      let alone = 0;
      const ran: number[] = [];
      const violations: string[] = [];
      const ended = new Set<number>();
      const nameAt = (index: number): string => (calls[index]?.isWrite === true ? `book_slot_${index}` : `list_slots_${index}`);
      const isFirst = (index: number): boolean => calls.findIndex(({ id }) => id === calls[index]?.id) === index;
      const mayRun = (index: number): boolean => calls[index]?.isUnknown === false && calls[index]?.arguments === 'fit' && isFirst(index);
      const isCircular = (start: number): boolean => {
        const seen = new Set<number>();
        let at: number | undefined = start;
        while (at !== undefined && mayRun(at) && !seen.has(at)) {
          seen.add(at);
          at = calls[at]?.needs;
        }
        return at !== undefined && seen.has(at);
      };
      const aborted = new Set<number>();
      const abort = new AbortController();
      const tools = new Map<string, Tool>();
      const requested = calls.map((plan, i) => {
        // A name of its own for each, and words of a look-up or of a write.
        const name = plan.isUnknown ? `missing_${i}` : plan.isWrite ? `book_slot_${i}` : `list_slots_${i}`;
        if (!plan.isUnknown) tools.set(name, toolOf(name, plan, i));
        const args = plan.guesses ? { slot_id: `slot-tue-pm` } : {};
        return { id: `call_${plan.id}`, name, arguments: plan.arguments === 'fit' ? JSON.stringify(args) : '{"half":' };
      });
      function toolOf(name: string, { ticks, fails, isWrite, alone: how, needs }: Planned, index: number): Tool {
        return {
          name,
          description: '',
          schema: {},
          strict: false,
          effect: isWrite ? 'write' : 'read',
          parallelizable: how === 'no',
          onConflict: how === 'defer' ? 'defer' : 'serialize',
          dependsOn: needs === undefined || needs === index ? [] : [nameAt(needs)],
          timeoutMs: undefined,
          validate: async (value) => ({ ok: true, value }),
          async execute() {
            ran.push(index);
            if (needs !== undefined && mayRun(needs) && !isCircular(index) && !ended.has(needs))
              violations.push(`${index} ran before ${needs}, which it needs`);
            inFlight++;
            if (how !== 'no') alone++;
            if (inFlight > cap) violations.push(`${inFlight} in flight, the cap is ${cap}`);
            if (alone > 0 && inFlight > 1) violations.push('something ran beside a run-alone call');
            for (let k = 0; k < ticks; k++) await tick();
            if (alone > 0 && inFlight > 1) violations.push('something ran beside a run-alone call');
            inFlight--;
            if (how !== 'no') alone--;
            ended.add(index);
            if (abort.signal.aborted) aborted.add(index);
            if (fails) throw index % 2 === 0 ? new Error('no') : `no ${index}`;
            return { slots: [{ slot_id: `slot-${88_410 + index}` }] };
          },
        };
      }
      const aborting = (async () => {
        if (abortAfter === undefined) return;
        for (let k = 0; k < abortAfter; k++) await tick();
        abort.abort(new Error('enough'));
      })();
      const executed = await executeBatch(requested, {
        tools,
        cap,
        guard,
        history: [{ role: 'user', parts: [{ type: 'text', text: 'Book something.' }] }],
        turn: 0,
        toolTimeoutMs: 60_000,
        signal: abort.signal,
      });
      await aborting;

      expect(violations).toEqual([]);
      // One result an id, in the order of the calls.
      const ids = [...new Set(requested.map(({ id }) => id))];
      expect(executed.map(({ id }) => id)).toEqual(ids);
      for (const { result } of executed) expect(typeof result).toBe('string');
      // None runs twice, and none that was not to run.
      expect(new Set(ran).size).toBe(ran.length);
      const firstOf = new Map<string, number>();
      requested.forEach(({ id }, i) => firstOf.has(id) || firstOf.set(id, i));
      const chosen = [...firstOf.values()];
      const fits = (i: number) => calls[i]?.arguments === 'fit' && calls[i]?.isUnknown === false;
      for (const index of ran) {
        expect(chosen).toContain(index);
        expect(fits(index)).toBe(true);
      }
      // No write that `defer` should have held.
      const lookUps = chosen.filter((i) => fits(i) && calls[i]?.isWrite === false);
      for (const index of ran) {
        const { alone: how, isWrite } = calls[index] as Planned;
        const beside = lookUps.filter((i) => i !== index && calls[i]?.alone !== 'defer');
        // What needs something of the batch may be deferred itself, and is then waited for by none.
        const free = beside.filter((i) => calls[i]?.needs === undefined);
        if (how === 'defer') expect(free).toEqual([]);
        if (guard !== 'defer' || !isWrite || calls[index]?.guesses !== true || how !== 'no') continue;
        const offering = free.filter((i) => calls[i]?.fails === false && calls[i]?.alone === 'no' && ran.includes(i) && !aborted.has(i));
        expect(offering).toEqual([]);
      }
      if (abortAfter === undefined) {
        for (const i of lookUps) if (calls[i]?.alone === 'no' && calls[i]?.needs === undefined) expect(ran).toContain(i);
      }
    }),
    { numRuns: RUNS, seed },
  );
  console.log(`${batches} batches, seed ${seed}`);
});
