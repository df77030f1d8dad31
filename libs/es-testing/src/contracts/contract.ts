import { AssertionError } from 'node:assert/strict';

/** One promise of a port, as a check that needs no test runner: it passes, or it throws. */
export interface ContractCase<Harness, Ability extends string> {
  readonly name: string;
  /** What the adapter has to be able to do beside its port for this case to make sense. */
  readonly needs?: Ability;
  run(harness: Harness): Promise<void>;
}

/** What every case gets: something fresh and empty, and the way to be rid of it. */
export interface ContractHarness {
  /** How long a case waits for something that has to happen; 5,000 unless said otherwise. */
  readonly patienceMs?: number;
  /** Closes and removes everything, whatever the case has closed before. */
  readonly dispose: () => Promise<void>;
}

export interface ContractBinding<Harness, Ability extends string> {
  /** The adapter. */
  readonly name: string;
  readonly open: () => Promise<Harness>;
  /** What this adapter cannot do; the cases that need it are skipped. */
  readonly without?: readonly Ability[];
  /** For one case; 30,000 unless said otherwise. */
  readonly timeoutMs?: number;
}

/** Binds a contract to an adapter: to be called where `describe` and `it` are there, in a spec of the adapter. */
export const contract =
  <Harness extends ContractHarness, Ability extends string>(
    port: string,
    cases: readonly ContractCase<Harness, Ability>[],
  ) =>
  ({ name, open, without = [], timeoutMs = 30_000 }: ContractBinding<Harness, Ability>): void => {
    describe(`${name} as a ${port}`, () => {
      for (const contractCase of cases) {
        const { needs } = contractCase;
        const test = needs !== undefined && without.includes(needs) ? it.skip : it;
        test(contractCase.name, () => runCase(contractCase, open), timeoutMs);
      }
    });
  };

/** Runs one case on a fresh harness, and disposes of it. */
export const runCase = async <Harness extends ContractHarness>(
  { run }: ContractCase<Harness, string>,
  open: () => Promise<Harness>,
): Promise<void> => {
  const harness = await open();
  try {
    await run(harness);
  } finally {
    await harness.dispose();
  }
};

/** What the case said that it needs. */
export const required = <T>(ability: T | undefined): T => {
  if (ability === undefined) throw new Error('the harness cannot do what this case needs: name it in `without`');
  return ability;
};

/** The answer, unless it takes longer than the harness has patience for. */
export const within = async <T>(
  { patienceMs = 5_000 }: ContractHarness,
  what: string,
  answer: Promise<T>,
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const failure = new AssertionError({ message: `${what}: nothing happened within ${patienceMs} ms` });
    timer = setTimeout(() => reject(failure), patienceMs);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
};

/** What is begun now and awaited later: that it fails before then is for whoever awaits it. */
export const begun = <T>(answer: Promise<T>): Promise<T> => {
  answer.catch(() => undefined);
  return answer;
};

/** The error that the answer fails with. */
export const failureOf = async (what: string, answer: Promise<unknown>): Promise<unknown> => {
  try {
    await answer;
  } catch (error) {
    return error;
  }
  throw new AssertionError({ message: `${what} did not fail` });
};

/** Lets everything go on that can go on without time passing. */
export const turns = async (count = 10): Promise<void> => {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
};
