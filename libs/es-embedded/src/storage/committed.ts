import { setImmediate } from 'node:timers/promises';

/** Resolves as the write does; the reason of a failed commit, which LMDB hands out separately, becomes the error. */
export const committed = async <T>(write: Promise<T>): Promise<T> => {
  try {
    return await write;
  } catch (error) {
    throw await reasonOf(error);
  }
};

const reasonOf = async (error: unknown): Promise<unknown> => {
  if (!(error instanceof Error) || !('commitError' in error)) return error;
  const reason = Promise.resolve(error.commitError).then(
    () => error,
    (cause: unknown) => cause,
  );
  return await Promise.race([reason, setImmediate(error)]);
};
