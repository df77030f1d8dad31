import { Readable } from 'node:stream';
import type { Platform } from '@ledgerline/es-core';

const HEARTBEAT_EVERY_MS = 15_000;
/** A client that has taken nothing for so many heartbeats is gone, although its connection does not say so. */
const STALLED_AFTER = 4;

const OPENING = 'retry: 1000\n\n';
const HEARTBEAT = ': nothing new\n\n';

/** A view as it is sent: the JSON of it, and what names it. */
export interface Sighting {
  readonly id: string;
  readonly json: string;
}

/**
 * Server-sent events for one client. However slow the client is, at most one view waits for it: a newer one takes the place of
 * one that was not sent yet.
 */
export class EventStream extends Readable {
  #latest: string | undefined;
  #waiting: string | undefined;
  #opened = false;
  #wanted = false;
  #missedHeartbeats = 0;
  #cancelHeartbeat: () => void;

  constructor(private readonly platform: Platform) {
    super({ highWaterMark: 1 });
    this.#cancelHeartbeat = this.#heartbeatSoon();
  }

  /** The client has this already. */
  assume({ json }: Sighting): void {
    this.#latest = json;
  }

  /** Sends the view as soon as the client takes it, if it is another one than before. */
  show({ id, json }: Sighting): void {
    if (json === this.#latest) return;
    this.#latest = json;
    this.#waiting = `id: ${id}\ndata: ${json}\n\n`;
    this.#send();
  }

  /** Ends behind what was sent; where the client has not taken that yet, it is cut off. Safe to repeat. */
  finish(): void {
    if (!this.#wanted) this.destroy();
    else if (!this.readableEnded && !this.destroyed) this.push(null);
  }

  override _read(): void {
    this.#wanted = true;
    this.#missedHeartbeats = 0;
    this.#send();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#cancelHeartbeat();
    this.#waiting = undefined;
    done(error);
  }

  #send(): void {
    // The opening at once, so that the client sees that it is answered.
    const text = this.#opened ? this.#waiting : OPENING + (this.#waiting ?? '');
    if (!this.#wanted || text === undefined) return;
    this.#opened = true;
    this.#wanted = false;
    this.#waiting = undefined;
    this.push(text);
  }

  #heartbeatSoon(): () => void {
    return this.platform.setTimer(HEARTBEAT_EVERY_MS, () => {
      this.#missedHeartbeats += 1;
      if (this.#missedHeartbeats > STALLED_AFTER) return void this.destroy();
      this.#cancelHeartbeat = this.#heartbeatSoon();
      if (!this.#wanted) return;
      this.#waiting = HEARTBEAT;
      this.#send();
    });
  }
}
