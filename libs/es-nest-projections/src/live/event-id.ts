import { shortHash } from '../lists/short-hash.js';

/** What one event of a stream holds: what its view has seen, and a hash of what the view says. */
export interface EventId {
  readonly positions: string;
  /** Absent from ids of releases before there was one. */
  readonly hash?: string | undefined;
}

/** Short: two views of one hash would only be a change that is sent with the next one. */
export const hashOf = (json: string): string => shortHash(json, 12);

export const formatEventId = (positions: string, hash: string): string => `${positions}, #${hash}`;

/** Whether the positions are some is for others to say. */
export const parseEventId = (text: string): EventId => {
  const [, positions = text, hash] = /^(.*),\s*#([\w-]{12})$/.exec(text) ?? [];
  return { positions, hash };
};
