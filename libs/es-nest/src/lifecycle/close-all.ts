/** Closes all of them, the last one first, also where one fails. @throws the failure, or all of them together. */
export const closeAll = async (closers: readonly (() => Promise<void>)[]): Promise<void> => {
  const failures: unknown[] = [];
  for (const close of closers.toReversed())
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} things could not be closed`);
  if (failures.length === 1) throw failures[0];
};
