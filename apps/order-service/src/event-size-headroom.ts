/** What the store takes: a larger event is refused. */
export const MAX_EVENT_BYTES = 512 * 1024;

/**
 * An order's later events hold what its first one held, and a little more: a reason, a time. What is recorded before leaves
 * them that much, so that every order that comes into being can also be confirmed and cancelled.
 */
const EVENT_SIZE_HEADROOM = 4 * 1024;
export const MAX_BYTES_WITH_HEADROOM = MAX_EVENT_BYTES - EVENT_SIZE_HEADROOM;

/** As the event is stored. */
export const bytesOf = (data: object): number => Buffer.byteLength(JSON.stringify(data));
