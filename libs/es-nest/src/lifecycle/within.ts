import type { Platform } from '@ledgerline/es-core';

/** What the promise answers. @throws what `late` says when that takes longer; what the promise stands for goes on. */
export const within = <T>(
  platform: Pick<Platform, 'setTimer'>,
  ms: number,
  promise: Promise<T>,
  late: () => Error,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const cancel = platform.setTimer(ms, () => reject(late()));
    promise.then(resolve, reject).finally(cancel);
  });
