import { createHash } from 'node:crypto';

/** The first characters of a hash, for what a client only gives back: two texts of one hash would be a mistake unnoticed. */
export const shortHash = (text: string, characters: number): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, characters);
