import type { Platform } from '@ledgerline/es-core';

/** Part of the documents: which ones, the seed decides. */
export interface Sample {
  /** Above 0, at most 100. */
  readonly percent: number;
  readonly seed: string;
}

const BYTES = 6;

/** Whether it is all documents. */
export const isWhole = (sample: Sample | undefined): boolean => !sample || sample.percent >= 100;

/** Whether a document is in the sample, by a hash of its id; without a sample every document is. */
export const inSample = (platform: Pick<Platform, 'sha256'>, sample: Sample | undefined): ((id: string) => boolean) => {
  if (!sample || isWhole(sample)) return () => true;
  const below = (sample.percent / 100) * 256 ** BYTES;
  return (id) => {
    const hash = Buffer.from(platform.sha256(`${sample.seed}/${id}`), 'base64url');
    return hash.readUIntBE(0, BYTES) < below;
  };
};
