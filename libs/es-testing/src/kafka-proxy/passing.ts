export const PRODUCE = 0;
export const FETCH = 1;

/** One request on its way to the broker, or one response on its way back. */
export interface Passing {
  readonly direction: 'request' | 'response';
  /** What kind of request it is, or answers: `PRODUCE`, `FETCH`, or another of Kafka's api keys. */
  readonly apiKey: number;
  /** Counts the connections through this proxy, from 1. */
  readonly connection: number;
  /** All of it, its length in front; what is written into it is passed on. */
  readonly frame: Buffer;
}

/**
 * What happens to it: `lose` it, send it twice (`repeat`; the broker's second answer is lost), let it come `afterMs` later
 * while others overtake it (a request even when its client is gone by then), or `cut` the connection instead.
 */
export type Treatment = 'pass' | 'lose' | 'repeat' | 'cut' | { readonly afterMs: number };

export interface KafkaProxyOptions {
  readonly target: { readonly host: string; readonly port: number };
  /** 0 for a free one, which is the default. */
  readonly port?: number;
}
