import { eventually, testPlatform } from '@ledgerline/es-testing';
import { collectGarbage } from '../fixtures/collect-garbage.js';
import { abortAfter } from './abort-after.js';

const platform = testPlatform({ seed: 1 });
const late = (): Error => new Error('late');
/** Ends by its signal alone. */
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = (): void => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });

describe('work that is aborted after a while', () => {
  it('is, whatever garbage is collected meanwhile', async () => {
    const ends: unknown[] = [];
    for (let i = 0; i < 40; i += 1)
      void abortAfter({ platform, ms: 100, late, signal: new AbortController().signal }, untilAborted).catch(
        (error: unknown) => ends.push(error),
      );
    await eventually(() => {
      collectGarbage();
      expect(ends).toEqual(Array(40).fill(late()));
    });
  });

  it('is when the other signal is, also where that was before', async () => {
    const [before, meanwhile] = [new AbortController(), new AbortController()];
    before.abort(new Error('before'));
    const works = [before, meanwhile].map(({ signal }) =>
      abortAfter({ platform, ms: 60_000, late, signal }, untilAborted),
    );
    meanwhile.abort(new Error('meanwhile'));
    await expect(works[0]).rejects.toThrow('before');
    await expect(works[1]).rejects.toThrow('meanwhile');
  });

  it('leaves no timer behind when it has ended', async () => {
    let timers = 0;
    const counting = {
      setTimer: () => {
        timers += 1;
        return () => void (timers -= 1);
      },
    };
    const { signal } = new AbortController();
    expect(await abortAfter({ platform: counting, ms: 1, late, signal }, () => Promise.resolve(timers))).toBe(1);
    expect(timers).toBe(0);
  });
});
