import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { plain } from '../aggregate/decider-of.js';
import { accept } from '../aggregate/decision.js';
import { defineAggregate } from '../aggregate/define-aggregate.js';
import { beforeGenesis, type Commit, type Counted } from '../chain/chain.js';
import { defineEvents } from '../events/define-events.js';
import { commandIdOf, type Deadline, OpenDeadlines } from './open-deadlines.js';

const seed = 20_260_101;
const start = Date.parse('2026-01-01T00:00:00.000Z');
const iso = (minute: number): string => new Date(start + minute * 60_000).toISOString();

const events = defineEvents('loans.events', {
  Lent: z.object({ until: z.string() }),
  Reminded: z.object({ again: z.string().optional() }),
  Returned: z.object({}),
  Noted: z.object({}),
});
const loan = defineAggregate({
  ...{ category: 'loan', events, initialState: {}, evolve: (state: object) => state },
  commands: { Expire: z.object({}), Remind: z.object({}) },
  decide: { Expire: () => accept(), Remind: () => accept() },
  deadlines: {
    Expire: { Lent: ({ data }) => data.until, Returned: () => null },
    Remind: { Lent: ({ data }) => data.until, Reminded: ({ data }) => data.again, Returned: () => null },
  },
});
const rules = { topic: 'loans.events', partition: 0, aggregates: new Map([['loan', plain(loan)]]) };

interface Happening {
  readonly stream: string;
  readonly type: 'Lent' | 'Reminded' | 'Returned' | 'Noted';
  readonly minute: number;
  /** Which of the stream's earlier deadlines its command was given by. */
  readonly answers: 'Expire' | 'Remind' | 'nothing';
}

const happening: fc.Arbitrary<Happening> = fc.record({
  stream: fc.constantFrom('loan-1', 'loan-2', 'loan-3', 'reader-1'),
  type: fc.constantFrom('Lent', 'Reminded', 'Returned', 'Noted'),
  minute: fc.integer({ min: 0, max: 60 }),
  answers: fc.constantFrom('Expire', 'Remind', 'nothing'),
});

/** What is open of one stream, worked out from all of its happenings. */
interface Open {
  readonly dueAt: number;
  readonly setBy: string;
}
const openIn = (happenings: readonly Happening[], stream: string, command: 'Expire' | 'Remind'): Open | undefined => {
  let open: Open | undefined;
  happenings
    .filter((one) => one.stream === stream)
    .forEach(({ type, minute, answers }, i) => {
      const at = { dueAt: start + minute * 60_000, setBy: `${stream}@${i + 1}` };
      if (answers === command) open = undefined;
      if (type === 'Lent' || (type === 'Reminded' && command === 'Remind' && minute % 2 === 0)) open = at;
      if (type === 'Returned') open = undefined;
    });
  return open;
};
const expected = (happenings: readonly Happening[]): readonly string[] =>
  ['loan-1', 'loan-2', 'loan-3'].flatMap((stream) =>
    (['Expire', 'Remind'] as const).flatMap((command) => {
      const open = openIn(happenings, stream, command);
      return open ? [`${open.dueAt} ${open.setBy}.${command}`] : [];
    }),
  );

const dataOf = ({ type, minute }: Happening): object =>
  type === 'Lent' ? { until: iso(minute) } : type === 'Reminded' && minute % 2 === 0 ? { again: iso(minute) } : {};

/** As they were recorded, each by a command of its own. */
const recorded = (happenings: readonly Happening[]): readonly Commit[] => {
  const versions = new Map<string, number>();
  return happenings.map((one, i): Commit => {
    const version = (versions.get(one.stream) ?? 0) + 1;
    versions.set(one.stream, version);
    const setBy =
      one.answers === 'nothing' ? undefined : openIn(happenings.slice(0, i), one.stream, one.answers)?.setBy;
    const record: Counted = {
      ...{ kind: 'event', key: one.stream, value: JSON.stringify(dataOf(one)), id: `${one.stream}@${version}` },
      ...{ type: `${one.type}.v1`, source: 's', time: iso(0), version, index: 1, count: 1, prev: '', hash: `h${i}` },
      ...{ commandId: setBy === undefined ? `c-${i}` : `${setBy}.${one.answers}`, fingerprint: '', actor: 'a' },
      ...{ correlationId: 'conversation', causationId: 'c', ordinal: i + 2, offset: i + 1 },
    };
    return [record];
  });
};

const namesOf = (deadlines: readonly Deadline[]): readonly string[] =>
  deadlines.map((one) => `${one.dueAt} ${commandIdOf(one)}`).sort();

/** As through a note: in JSON, and made again from it. */
const restarted = (deadlines: OpenDeadlines): OpenDeadlines => {
  const { state, open } = JSON.parse(JSON.stringify({ state: deadlines.state, open: deadlines.all })) as {
    state: OpenDeadlines['state'];
    open: Deadline[];
  };
  return new OpenDeadlines(rules, state, open);
};

describe('the open deadlines of a partition', () => {
  it('are those that the last events of each instance set, however often who folds them is restarted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(happening, fc.boolean()), { maxLength: 40 }),
        fc.integer({ max: 60 }),
        (steps, now) => {
          const happenings = steps.map(([one]) => one);
          let deadlines = new OpenDeadlines(rules, beforeGenesis('log'));
          recorded(happenings).forEach((commit, i) => {
            const state = { ...deadlines.state, ordinal: commit[0].ordinal, head: commit[0].hash };
            deadlines.fold({ commits: [commit], state });
            if (steps[i]?.[1]) deadlines = restarted(deadlines);
          });
          const all = expected(happenings);
          const at = start + now * 60_000;
          const isDue = (text: string): boolean => Number.parseInt(text) <= at;
          expect(namesOf(deadlines.all)).toEqual([...all].sort());
          const { due, next } = deadlines.due(at);
          expect(namesOf(due)).toEqual(all.filter(isDue).sort());
          expect(due.map(({ dueAt }) => dueAt)).toEqual(due.map(({ dueAt }) => dueAt).sort((a, b) => a - b));
          expect(next).toBe(Math.min(...all.filter((text) => !isDue(text)).map((text) => Number.parseInt(text))));
        },
      ),
      { seed, numRuns: 1000 },
    );
  });
});
