import { type ContractCase, type ContractHarness, runCase } from '../contract.js';

/** An adapter that breaks one promise, and the case that has to notice. */
export interface Broken<Harness> {
  readonly name: string;
  readonly caughtBy: string;
  readonly open: () => Promise<Harness>;
}

/**
 * Shows that a contract is worth something: it passes on a good adapter, notices every broken one by the case that is
 * there for it, and holds no case that nothing could fail. To be called in a spec.
 */
export const proveContract = <Harness extends ContractHarness>(
  cases: readonly ContractCase<Harness, string>[],
  good: () => Promise<Harness>,
  broken: readonly Broken<Harness>[],
): void => {
  const called = new Map(cases.map((contractCase) => [contractCase.name, contractCase]));

  it.each([...called])('passes on an adapter that keeps its promises: %s', (_, contractCase) =>
    runCase(contractCase, good),
  );

  it.each(broken.map((one) => [one.name, one] as const))('notices one that %s', async (_, { open, caughtBy }) => {
    const contractCase = called.get(caughtBy);
    if (!contractCase) throw new Error(`no case is called "${caughtBy}"`);
    expect(await fails(contractCase, open)).toBe(true);
  });

  it('holds no case that passes on all of these', async () => {
    const named = new Set(broken.map(({ caughtBy }) => caughtBy));
    const idle: string[] = [];
    for (const contractCase of cases) {
      if (!named.has(contractCase.name) && !(await failsOnAny(contractCase, broken))) idle.push(contractCase.name);
    }
    expect(idle).toEqual([]);
  });
};

/** How long a case waits for what a broken adapter does not do; a good one gets the usual time, since a machine may be busy. */
const SHORT_MS = 150;

/** Which promise is broken is all that is asked here, so that any failure will do. */
const fails = async <Harness extends ContractHarness>(
  contractCase: ContractCase<Harness, string>,
  open: () => Promise<Harness>,
): Promise<boolean> =>
  runCase(contractCase, async () => ({ ...(await open()), patienceMs: SHORT_MS })).then(
    () => false,
    () => true,
  );

const failsOnAny = async <Harness extends ContractHarness>(
  contractCase: ContractCase<Harness, string>,
  broken: readonly Broken<Harness>[],
): Promise<boolean> => {
  for (const { open } of broken) if (await fails(contractCase, open)) return true;
  return false;
};
