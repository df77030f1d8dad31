import { partitionKey } from '@ledgerline/es-core';
import { withShop } from '../http/shop.js';
import { readProjections } from '../progress/readers.js';
import { GENERATIONS_HEADER, generationRows } from '../terminal/generation-rows.js';
import type { Result } from '../terminal/print.js';
import { table } from '../terminal/table.js';

/** `es projections`: the read models, how far they have come, and their generations. */
export const projectionsVerb = async (): Promise<Result> => {
  const projections = await withShop(readProjections);
  const rows = projections.flatMap(({ name, revision, partitions }) =>
    partitions.map(({ topic, partition, ordinal, lag, refused, failure }) => [
      ...[name, revision, partitionKey(topic, partition), ordinal, lag ?? '', refused],
      failure === undefined ? 'running' : `stopped: ${failure.message}`,
    ]),
  );
  const header = ['projection', 'revision', 'partition', 'at', 'lag', 'refused', 'state'];
  const generations = table(GENERATIONS_HEADER, projections.flatMap(generationRows));
  return { json: { projections }, text: `${table(header, rows)}\n\n${generations}` };
};
