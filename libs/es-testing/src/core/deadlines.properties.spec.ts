import { describe, expect, it } from '@jest/globals';
import { DEADLINES_NOTE } from '@ledgerline/es-core/runtime';
import fc from 'fast-check';
import { memoryStreamIndex } from '../memory/memory-stream-index.js';
import { loanEvents } from './fixtures/library-loan.js';
import { Library } from './fixtures/loan-bench.js';
import { Workshop } from './fixtures/opened-store.js';

/** `DEADLINES_SEED=n` takes other histories. */
const seed = Number(process.env['DEADLINES_SEED'] ?? 1);
const MINUTE = 60_000;

/** An instance ends and starts again: with all that it kept, with a note of an earlier time, as after a kill, or with nothing. */
type Restart = 'none' | 'closed' | 'killed' | 'lost';
interface Step {
  readonly id: string;
  readonly what: 'lend' | 'renew' | 'bringBack';
  /** Half a minute beside the whole ones at which something happens. */
  readonly minutes: number;
  readonly restart: Restart;
  readonly pass: number;
}
const step: fc.Arbitrary<Step> = fc.record({
  id: fc.constantFrom('1', '2', '3', '4'),
  what: fc.constantFrom('lend', 'lend', 'renew', 'bringBack'),
  minutes: fc.integer({ min: -2, max: 4 }).map((whole) => whole + 0.5),
  restart: fc.constantFrom('none', 'closed', 'killed', 'lost'),
  pass: fc.integer({ min: 0, max: 3 }),
});

const restarted = async (workshop: Workshop, library: Library, restart: Restart, note: string): Promise<Library> => {
  if (restart === 'none') return library;
  await library.close();
  if (restart === 'closed') return Library.open(workshop, { index: library.index });
  const index = memoryStreamIndex();
  if (restart === 'killed') await index.writeNote(DEADLINES_NOTE, note);
  return Library.open(workshop, { index });
};

/** What was recorded of all loans in the end, and how often a command was given. */
const run = async (steps: readonly Step[]): Promise<{ readonly recorded: unknown; readonly given: number }> => {
  const workshop = new Workshop({ topic: loanEvents.topic });
  let library = await Library.open(workshop);
  let [given, note] = [0, 'null'];
  for (const { id, what, minutes, restart, pass } of steps) {
    await library[what](id, minutes * MINUTE);
    const before = library;
    library = await restarted(workshop, library, restart, note);
    if (library !== before) given += before.given.length;
    note = library.index.note(DEADLINES_NOTE) ?? note;
    await workshop.time.advance(pass * MINUTE);
    expect([library.rejections, library.troubles]).toEqual([[], []]);
  }
  await workshop.time.advance(10 * MINUTE);
  await library.close();
  given += library.given.length;
  return { recorded: ['1', '2', '3', '4'].map((id) => library.eventsOf(id)), given };
};

describe('deadlines over restarts', () => {
  it('have the same commands given as without, each once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const through = await run(steps.map((one) => ({ ...one, restart: 'none' })));
        const ended = JSON.stringify(through.recorded).split('LoanExpired').length - 1;
        expect(through.given).toBe(ended);
        expect(await run(steps)).toEqual(through);
      }),
      { seed, numRuns: 60 },
    );
  });
});
