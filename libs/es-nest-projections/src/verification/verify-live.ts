import { EsError } from '@ledgerline/es-core';
import type { Generations } from '@ledgerline/es-core/generations';
import type { PartitionStatus } from '@ledgerline/es-core/runtime';
import type { ReplayOptions } from './replayed-log.js';
import type { Verification } from './verification.js';
import { verifyReadModel, type VerifyOptions } from './verify-read-model.js';

/** What is up to whoever asks. */
export type VerificationOptions = Pick<VerifyOptions, 'sample' | 'also' | 'documentsAtOnce' | 'signal' | 'rest'>;

/**
 * Holds the documents that answer against a replay of the log; see `verifyReadModel`.
 * @throws EsError 'projection-stands-still' while documents of another revision answer, 'generation-switched' when other
 * documents answer meanwhile.
 */
export const verifyLive = async (
  generations: Generations,
  given: Pick<ReplayOptions, 'sources' | 'store' | 'platform'> & VerificationOptions,
): Promise<Verification> => {
  const { projection, collection, record } = generations;
  if (record.live?.revision !== projection.revision)
    throw standsStill(projection.name, record.live?.revision ?? 0, projection.revision);
  const status = (): readonly PartitionStatus[] => {
    if (generations.collection !== collection) throw switchedMeanwhile(projection.name);
    return generations.status();
  };
  return verifyReadModel({ ...given, projection, collection, status });
};

const switchedMeanwhile = (projection: string): EsError =>
  new EsError('generation-switched', `${projection} answers from another generation by now; verify it again`, true, {
    projection,
  });

const standsStill = (projection: string, live: number, revision: number): EsError =>
  new EsError(
    'projection-stands-still',
    `${projection} answers from revision ${live}, and a replay would be one of revision ${revision}`,
    false,
    { projection, live, revision },
  );
