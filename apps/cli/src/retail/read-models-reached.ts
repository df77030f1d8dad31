import { EsError } from '@ledgerline/es-core';
import { ServiceRefused } from '../http/service-refused.error.js';
import type { Shop } from '../http/shop.js';
import { type Heads, type Projections, readProjections } from '../progress/readers.js';

/** The read models do not come to where the logs are. */
export class ReadModelsStandStill extends EsError {
  constructor(projections: Projections) {
    const stopped = projections.flatMap(({ name, partitions }) =>
      partitions.flatMap(({ failure }) => (failure ? [`${name}: ${failure.message}`] : [])),
    );
    super(
      'read-models-stand-still',
      `the read models stand still${stopped.length > 0 ? `: ${stopped.join('; ')}` : ''}`,
      true,
    );
  }
}

/** A header has room for some kilobytes. */
const POSITIONS_AT_ONCE = 100;

/** Waits until every read model has applied the logs up to here. @throws ReadModelsStandStill */
export const untilReadModelsReached = async (heads: Heads, shop: Shop): Promise<void> => {
  const positions = [...heads].map(([key, ordinal]) => `${key}@${ordinal}`);
  for (let first = 0; first < positions.length; first += POSITIONS_AT_ONCE)
    await untilReached(positions.slice(first, first + POSITIONS_AT_ONCE).join(','), shop);
};

const untilReached = async (positions: string, shop: Shop): Promise<void> => {
  let before = '';
  while (!(await reachedWithinSeconds(positions, shop))) {
    const projections = await readProjections(shop);
    const now = JSON.stringify(projections.map(({ partitions }) => partitions.map(({ ordinal }) => ordinal)));
    if (now === before) throw new ReadModelsStandStill(projections);
    before = now;
  }
};

/** False when the service has waited for as long as it does (five seconds). */
const reachedWithinSeconds = async (positions: string, { projections }: Shop): Promise<boolean> => {
  const request = { path: '/projections', headers: { 'x-min-position': positions } };
  try {
    await projections.require(request);
    return true;
  } catch (error) {
    if (error instanceof ServiceRefused && error.code === 'position-not-reached') return false;
    throw error;
  }
};
