import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('answers what the assertion answers once it passes', async () => {
    let looks = 0;
    const assertion = () => {
      looks += 1;
      if (looks < 3) throw new Error('not yet');
      return looks;
    };
    expect(await eventually(assertion)).toBe(3);
  });

  it('waits for an assertion that answers a promise', async () => {
    expect(await eventually(() => Promise.resolve('there'))).toBe('there');
  });

  it('reports the last failure when time is up', async () => {
    let looks = 0;
    const never = () => {
      looks += 1;
      throw new Error(`look ${looks}`);
    };
    const failure: unknown = await eventually(never, { timeoutMs: 20, everyMs: 1 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: `still failing after 20 ms: look ${looks}` });
    expect(failure).toHaveProperty('cause.message', `look ${looks}`);
  });
});
