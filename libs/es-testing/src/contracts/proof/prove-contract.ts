import { type ContractCase, type ContractHarness, runCase } from '../contract.js';

/** An adapter that breaks one promise, and the case that has to notice. */
export interface Broken<Harness> {
  readonly name: string;
  readonly caughtBy: string;
  readonly open: () => Promise<Harness>;
}

/** The names of the cases that fail on what `open` gives. */
export const failingCases = async <Harness extends ContractHarness>(
  cases: readonly ContractCase<Harness, string>[],
  open: () => Promise<Harness>,
): Promise<string[]> => {
  const failing: string[] = [];
  for (const contractCase of cases) {
    try {
      await runCase(contractCase, open);
    } catch {
      failing.push(contractCase.name); // Which promise is broken is all that is asked here.
    }
  }
  return failing;
};

/**
 * Shows that a contract is worth something: it passes on a good adapter, notices every broken one by the case that is
 * there for it, and holds no case that nothing could fail. To be called in a spec.
 */
export const proveContract = <Harness extends ContractHarness>(
  cases: readonly ContractCase<Harness, string>[],
  good: () => Promise<Harness>,
  broken: readonly Broken<Harness>[],
): void => {
  const noticed = new Set<string>();

  it('passes on an adapter that keeps its promises', async () => {
    expect(await failingCases(cases, good)).toEqual([]);
  });

  it.each(broken.map((one) => [one.name, one] as const))('notices one that %s', async (_, { open, caughtBy }) => {
    const failing = await failingCases(cases, open);
    for (const name of failing) noticed.add(name);
    expect(failing).toContain(caughtBy);
  });

  it('holds no case that passes on all of these', () => {
    expect(cases.map(({ name }) => name).filter((name) => !noticed.has(name))).toEqual([]);
  });
};
