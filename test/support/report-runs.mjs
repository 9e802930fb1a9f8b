// Rebuilt runs made by hand, for the report: pairs of variants to compare, many runs to measure, hostile ones.

/**
 * @typedef {[name: string, args: unknown, result: unknown, ms: number, waits?: { slotMs: number, barrierMs: number }]} Call
 * @typedef {{ id: string, user: string, batches: Call[][], answer: string, labels?: object, isTimed?: boolean, source?: string, began?: number }} Script
 */

const MODEL_MS = 420;
const BEGAN = Date.UTC(2026, 4, 4, 9);

/**
 * @param {Script} script
 * @returns {import('../../src/model/run.ts').Run}
 */
export function runOf({ id, user, batches, answer, labels, isTimed = true, source = 'traces.jsonl', began = BEGAN }) {
  let now = began;
  const times = (start, end) => (isTimed ? { start, end } : {});
  const turns = [];
  const calls = [];
  let context = [{ kind: 'user', text: user }];
  let fed = [];
  const turn = (text, own) => {
    const index = turns.length;
    const issued = now + MODEL_MS + 30 * own.length;
    turns.push({
      index,
      userTurn: 0,
      context,
      fed,
      text,
      reasoning: [],
      calls: [],
      captured: true,
      kept: true,
      repeated: false,
      model: 'gpt-5-mini',
      usage: { inputTokens: 180 + 90 * index, outputTokens: 30 + 20 * own.length },
      ...times(now, issued),
    });
    now = issued;
    context = [];
    for (const call of fed) call.fedTurn = index;
    fed = own.map(([name, args, result, ms, waits], i) => {
      const start = issued + (waits === undefined ? 0 : waits.slotMs + waits.barrierMs);
      now = Math.max(now, start + ms);
      return {
        id: `${id}-${index}-${i}`,
        name,
        arguments: args,
        origin: 'model',
        speculative: false,
        pending: false,
        turn: index,
        choice: 0,
        index: i,
        batchSize: own.length,
        ran: true,
        result: { content: result, error: typeof result === 'object' && result !== null && 'error' in result },
        ...(waits !== undefined && { waits }),
        ...times(start, start + ms),
      };
    });
    turns[index].calls = fed;
    calls.push(...fed);
  };
  for (const batch of batches) turn([], batch);
  turn([answer], []);
  return {
    id,
    dialect: 'gen-ai',
    source,
    tools: [],
    turns,
    calls,
    trailing: [],
    ...(labels !== undefined && { labels }),
    ...times(began, now),
  };
}

const DOCTORS = ['Dr Okafor', 'Dr Meyer', 'Dr Lindqvist', 'Dr Castellano', 'Dr Novak', 'Dr Abara'];
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'];

/**
 * One booking task in two variants: all at once with a guessed slot, and one after the other.
 *
 * @param {number} n
 * @returns {[import('../../src/model/run.ts').Run, import('../../src/model/run.ts').Run]}
 */
export function bookingPair(n) {
  const doctor = DOCTORS[n % DOCTORS.length];
  const day = DAYS[n % DAYS.length];
  const [slot, patient, code] = [`slot-${8841 + 7 * n}`, `P-${20931 + 13 * n}`, `BK-${51077 + n}`];
  const user = `Can I see ${doctor} on ${day} afternoon? My patient number is ${patient}.`;
  const calendar = ['get_calendar', { doctor, day }, { doctor, slots: [{ slot_id: slot, start: `${day} 15:00` }] }, 620 + (n % 7) * 90];
  const insurance = ['get_insurance', { patient }, { insurer: 'Aurora Health', copay: 15 + (n % 4) * 5 }, 310 + (n % 5) * 40];
  const book = (id, result, waits) => ['book_appointment', { slot_id: id, patient }, result, 540 + (n % 6) * 60, waits];
  const booked = { confirmation: code, start: `${day} 15:00` };
  const answer = `You are booked with ${doctor} on ${day} at 3 pm (confirmation ${code}). Your Aurora Health copay is $${insurance[2].copay}.`;
  const guesses = n % 3 !== 1;
  const weather = n % 4 === 0 ? [['get_weather', { day }, { summary: 'scattered showers', high_c: 17.5 }, 260]] : [];
  const label = (variant) => ({ variant, example: `booking-${n + 1}`, trial: '1' });
  const began = BEGAN + n * 90_000;
  const first = [calendar, insurance, ...weather];
  return [
    runOf({
      id: `on-${n + 1}`,
      user,
      answer,
      began,
      labels: label('parallel-on'),
      batches: guesses
        ? [
            [...first, book('slot-tue-pm', { error: 'slot_not_found' }, n % 2 === 0 ? { slotMs: 180, barrierMs: 0 } : undefined)],
            [book(slot, booked)],
          ]
        : [first, [book(slot, booked, { slotMs: 0, barrierMs: 150 })]],
    }),
    runOf({
      id: `off-${n + 1}`,
      user,
      answer,
      began,
      labels: label('parallel-off'),
      batches: [[calendar], [insurance], [book(slot, booked)]],
    }),
  ];
}

/**
 * Runs of `perRun` calls in batches of five, every third call of no use.
 *
 * @param {number} runs
 * @param {number} perRun
 * @param {number} resultSize characters of filler in each result
 */
export function* manyRuns(runs, perRun, resultSize = 60) {
  for (let n = 0; n < runs; n++) {
    const values = Array.from({ length: perRun }, (_, i) => `value-${n}-${i}-teal`);
    const calls = values.map((value, i) => [
      `tool_${i % 7}`,
      { key: `key-${n}-${i}`, limit: i },
      { value, filler: `${'lorem ipsum dolor '.repeat(Math.ceil(resultSize / 18))}`.slice(0, resultSize) },
      80 + ((n * 31 + i * 17) % 900),
    ]);
    const batches = Array.from({ length: Math.ceil(perRun / 5) }, (_, i) => calls.slice(5 * i, 5 * i + 5));
    yield runOf({
      id: `run-${String(n).padStart(5, '0')}`,
      user: `Question number ${n}: what are the values of ${perRun} keys?`,
      batches,
      answer: `They are ${values.filter((_, i) => i % 3 !== 0).join(', ')}.`,
      began: BEGAN + n * 5000,
    });
  }
}
