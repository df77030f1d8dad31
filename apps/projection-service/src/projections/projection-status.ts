import { EsError, formatPosition, partitionKey, type Position } from '@ledgerline/es-core';
import { z } from 'zod';
import { generationAnswer, generationView } from '../generations/generation-view.js';
import type { Question } from '../read-models/question.js';
import type { AnyReadModel } from '../read-models/read-model.js';
import type { ReadModels } from '../read-models/read-models.js';

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
});
export const projectionsAnswer = z.object({ items: z.array(projectionAnswer) });
type ProjectionsView = z.output<typeof projectionsAnswer>;

/** How far each projection has come. */
export const projectionStatus = (readModels: ReadModels): Question<ProjectionsView> => ({
  ...{ name: 'projections', models: readModels.all },
  position: () => [...appliedByAll(readModels.all).values()].map(formatPosition).join(', '),
  async see() {
    const heads = await readModels.heads();
    return { items: await Promise.all(readModels.all.map((model) => projectionView(model, heads))) };
  },
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

const projectionView = async (
  model: AnyReadModel,
  heads: ReadonlyMap<string, number>,
): Promise<z.output<typeof projectionAnswer>> => ({
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
