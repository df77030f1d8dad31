import type { ServerResponse } from 'node:http';

const STALLED_AFTER_MS = 60_000;

/** Cuts the client off when it has taken nothing for a while of an answer that waits for it: what the answer is made of is kept so long. */
export const cutOffStalled = (response: ServerResponse, afterMs = STALLED_AFTER_MS): void => {
  response.setTimeout(afterMs, () => {
    // The connection is also quiet while the answer is being made.
    if (response.writableLength > 0) response.destroy();
  });
};
