import { EsError, formatPosition, partitionKey, type Position } from '@ledgerline/es-core';
import { z } from 'zod';
import { generationAnswer, generationView } from '../generations/generation-view.js';
import type { BoundQuery } from '../read-models/query.js';
import type { ReadModels } from '../read-models/read-models.js';
import type { AnyReadModel } from '../read-models/running-read-model.js';

const partitionAnswer = z.object({
  topic: z.string(),
  partition: z.int(),
  ordinal: z.int().describe('How many records were applied.'),
  head: z.int().optional().describe('How many there are; absent, with the lag, when the log cannot be read.'),
  lag: z.int().optional(),
  refused: z.int().describe('Records that did not count since the service started.'),
  failure: z
    .object({ code: z.string(), message: z.string() })
    .optional()
    .describe('Why it stands still: until the service is started again, or until fewer documents are parked.'),
});
const projectionAnswer = z.object({
  ...{ name: z.string(), revision: z.int(), partitions: z.array(partitionAnswer) },
  generations: z.array(generationAnswer),
  awaits: z
    .array(z.string())
    .optional()
    .describe('Topics that are not there yet: until they are, nothing is folded, and queries are answered with 503.'),
});
export const projectionsAnswer = z.object({ items: z.array(projectionAnswer) });
type ProjectionView = z.output<typeof projectionAnswer>;
type ProjectionsView = z.output<typeof projectionsAnswer>;

/** How far each projection has come. */
export const projectionStatus = (readModels: ReadModels): BoundQuery<ProjectionsView> => ({
  ...{ name: 'projections', models: readModels.all },
  position: () => [...appliedByAll(readModels.all).values()].map(formatPosition).join(', '),
  async fetch() {
    const heads = await readModels.heads();
    const open = await Promise.all(readModels.all.map((model) => projectionView(model, heads)));
    return { items: [...open, ...readModels.waiting.map(waitingView)].sort((a, b) => (a.name < b.name ? -1 : 1)) };
  },
});

const waitingView = ({ projection: { name, revision }, topics }: ReadModels['waiting'][number]): ProjectionView => ({
  ...{ name, revision, partitions: [], generations: [], awaits: [...topics] },
});

/** What every projection that reads the partition has applied. */
const appliedByAll = (models: readonly AnyReadModel[]): ReadonlyMap<string, Position> => {
  const applied = new Map<string, Position>();
  for (const place of models.flatMap((model) => model.status())) {
    const key = partitionKey(place.topic, place.partition);
    const other = applied.get(key);
    if (!other || place.ordinal < other.ordinal) applied.set(key, place);
  }
  return applied;
};

const projectionView = async (model: AnyReadModel, heads: ReadonlyMap<string, number>): Promise<ProjectionView> => ({
  name: model.name,
  revision: model.revision,
  generations: (await model.generations.list(heads)).map(generationView),
  partitions: model.status().map(({ failure, ...status }) => {
    const head = heads.get(partitionKey(status.topic, status.partition));
    return {
      ...status,
      // Applied meanwhile: the head was looked up a moment before.
      ...(head !== undefined && { head: Math.max(head, status.ordinal), lag: Math.max(0, head - status.ordinal) }),
      ...(failure !== undefined && { failure: failureView(failure) }),
    };
  }),
});

const failureView = (failure: unknown): { code: string; message: string } =>
  failure instanceof EsError
    ? { code: failure.code, message: failure.message }
    : { code: 'internal-error', message: 'a bug; it was logged when it happened' };
