import { type EsError, type Platform, ReadModelsRefused, ReadModelsUnavailable } from '@ledgerline/es-core';
import { testPlatform } from '@ledgerline/es-testing';
import { untilAvailable } from './until-available.js';

const SEED = 11;

const patience = () => {
  const reported: string[] = [];
  const report = ({ message }: EsError): void => void reported.push(message);
  const ending = new AbortController();
  const waits: number[] = [];
  const platform: Platform = {
    ...testPlatform({ seed: SEED }),
    setTimer: (ms, run) => {
      waits.push(ms);
      setImmediate(run);
      return () => undefined;
    },
  };
  return { reported, ending, waits, options: { platform, report, signal: ending.signal } };
};

/** Fails with each of these in turn, then answers. */
const failingWith = (...errors: readonly Error[]) => {
  const left = [...errors];
  return (): Promise<string> => {
    const error = left.shift();
    return error ? Promise.reject(error) : Promise.resolve('there');
  };
};

const gone = (reason: string): Error => new ReadModelsUnavailable(reason);

describe('waiting until something is available', () => {
  it('goes on when it is, and says why it waits whenever that changes', async () => {
    const { reported, waits, options } = patience();
    expect(await untilAvailable(options, failingWith(gone('a'), gone('a'), gone('b')))).toBe('there');
    expect(reported).toEqual(['the read models are not available: a', 'the read models are not available: b']);
    expect(waits).toEqual([100, 200, 400]);
  });

  it('does not wait for what nobody but a person can mend', async () => {
    const { options } = patience();
    await expect(untilAvailable(options, failingWith(new ReadModelsRefused('no')))).rejects.toThrow('refuses: no');
    await expect(untilAvailable(options, failingWith(new TypeError('a bug')))).rejects.toThrow('a bug');
  });

  it('waits for what only others can mend, and for no bug', async () => {
    const options = { ...patience().options, othersMend: true };
    expect(await untilAvailable(options, failingWith(new ReadModelsRefused('no'), gone('a')))).toBe('there');
    await expect(untilAvailable(options, failingWith(new TypeError('a bug')))).rejects.toThrow('a bug');
  });

  it('ends with the signal', async () => {
    const { ending, options } = patience();
    const action = (): Promise<never> => {
      ending.abort();
      return Promise.reject(gone('a'));
    };
    expect(await untilAvailable(options, action)).toBeUndefined();
  });
});
