import { EsError, type Platform } from '@ledgerline/es-core';
import { pause } from '@ledgerline/es-core/runtime';

const MOST_TROUBLES = 8;
const RETRY_AFTER_MS = 100;

/** Does it again, later each time, while it fails with a retriable error and gets no further; `getsOn` says that it did. */
export const withPatience = async (platform: Platform, step: (getsOn: () => void) => Promise<void>): Promise<void> => {
  let troubles = 0;
  for (;;)
    try {
      return await step(() => (troubles = 0));
    } catch (error) {
      troubles += 1;
      if (!(error instanceof EsError) || !error.retriable || troubles > MOST_TROUBLES) throw error;
      await pause(platform, RETRY_AFTER_MS * 2 ** troubles);
    }
};
