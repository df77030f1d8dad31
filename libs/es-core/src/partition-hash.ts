/** The hash below, as genesis names it. A log made with another name is refused. */
export const PARTITION_HASH = 'fnv1a32-mix/1';

/**
 * The partition that a stream lives in, for ever: FNV-1a over the UTF-16 units (stream ids are ASCII), finished with
 * murmur3's mixer because FNV's low bits alone spread poorly. Frozen: a change would put a stream into two partitions.
 */
export const partitionOf = (stream: string, partitions: number): number => {
  let h = 0x811c9dc5;
  for (let i = 0; i < stream.length; i += 1) h = Math.imul(h ^ stream.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) % partitions;
};
