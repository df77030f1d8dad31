import { describe, expect, it } from '@jest/globals';
import { pause } from '@ledgerline/es-core/runtime';
import { simulatedTime } from './simulated-time.js';
import { testPlatform } from './test-platform.js';

const startAt = '2026-03-01T12:00:00.000Z';

describe('the test platform', () => {
  it('hashes as the port says', () => {
    const { sha256, byteLength } = testPlatform({ seed: 1 });
    expect(sha256('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
    expect(byteLength('é€')).toBe(5);
  });

  it('gives the same ids and numbers for the same seed, and others for another', () => {
    const ids = (seed: number) => {
      const { randomId, random } = testPlatform({ seed });
      return [randomId(), randomId(), random()];
    };
    expect(ids(1)).toEqual(ids(1));
    expect(ids(1)).not.toEqual(ids(2));
    expect(new Set([...ids(1), ...ids(2)]).size).toBe(6);
    expect(ids(1)[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it('has a clock that stands where it was put, and moves both ways', () => {
    const platform = testPlatform({ seed: 1, startAt });
    platform.moveClock(1_000);
    platform.moveClock(-5_000);
    expect(new Date(platform.now()).toISOString()).toBe('2026-03-01T11:59:56.000Z');
  });

  it('runs a timer once, unless it was cancelled', async () => {
    const { setTimer } = testPlatform({ seed: 1 });
    const ran = await new Promise((resolve) => {
      const cancel = setTimer(1, () => resolve('cancelled one'));
      cancel();
      setTimer(2, () => resolve('second'));
    });
    expect(ran).toBe('second');
  });
});

describe('simulated time', () => {
  it('passes only when it is told to, and runs timers when they are due', async () => {
    const platform = simulatedTime({ seed: 1, startAt });
    const ran: string[] = [];
    const at = (name: string) => () => ran.push(`${name} at +${platform.now() - Date.parse(startAt)}`);
    platform.setTimer(20, at('b'));
    platform.setTimer(10, at('a'));
    platform.setTimer(20, at('c'));
    platform.setTimer(50, at('d'));
    await platform.advance(9);
    expect(ran).toEqual([]);
    await platform.advance(30);
    expect(ran).toEqual(['a at +10', 'b at +20', 'c at +20']);
    expect(platform.now() - Date.parse(startAt)).toBe(39);
    expect(platform.waiting).toBe(1);
  });

  it('goes from one timer to the next', async () => {
    const platform = simulatedTime({ seed: 1, startAt });
    const loop = (async () => {
      for (let i = 0; i < 3; i += 1) await pause(platform, 60_000);
    })();
    let steps = 0;
    while (await platform.runNext()) steps += 1;
    await loop;
    expect(steps).toBe(3);
    expect(platform.now() - Date.parse(startAt)).toBe(180_000);
  });

  it('forgets a timer that was cancelled', async () => {
    const platform = simulatedTime({ seed: 1 });
    const cancel = platform.setTimer(1, () => {
      throw new Error('it ran');
    });
    cancel();
    expect(await platform.runNext()).toBe(false);
  });
});
