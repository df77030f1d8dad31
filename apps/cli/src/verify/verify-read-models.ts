import { z } from 'zod';
import { ServiceRefused } from '../http/service-refused.error.js';
import type { Shop } from '../http/shop.js';
import { readProjections } from '../progress/readers.js';

const divergence = z.object({
  id: z.string(),
  problem: z.string(),
  fields: z.array(z.string()).optional(),
  firstEvent: z.object({ position: z.string(), stream: z.string(), version: z.number(), type: z.string() }).optional(),
});
const answer = z.object({
  checked: z.number(),
  sample: z.object({ percent: z.number(), seed: z.string() }).optional(),
  passes: z.number(),
  divergentCount: z.number(),
  divergent: z.array(divergence),
});

export type ReadModelDivergence = z.output<typeof divergence>;

export interface ReadModelVerdict extends z.output<typeof answer> {
  readonly name: string;
  /** Why it could not be held against the log: the log does not hold what it has applied, or something stored is none any more. */
  readonly failure?: string;
}

export interface ReadModelsToVerify {
  /** A percentage of the documents; all of them unless said otherwise. */
  readonly sample?: number | undefined;
  readonly onReadModel: (name: string) => void;
}

/** Found out about one read model, whatever is true of the others. */
const TROUBLES: ReadonlySet<string> = new Set(['log-diverged', 'unreadable']);

/** What a replay of the log says of every read model; the projection service does it. */
export const verifyReadModels = async (
  shop: Shop,
  { sample, onReadModel }: ReadModelsToVerify,
): Promise<readonly ReadModelVerdict[]> => {
  const verdicts: ReadModelVerdict[] = [];
  for (const { name } of await readProjections(shop)) {
    onReadModel(name);
    verdicts.push(await verdictOn(name, shop, sample));
  }
  return verdicts;
};

const verdictOn = async (name: string, { projections }: Shop, sample?: number): Promise<ReadModelVerdict> => {
  const path = `/projections/${encodeURIComponent(name)}/verify`;
  const request = { method: 'POST', path, headers: { 'content-type': 'application/json' } } as const;
  try {
    return { name, ...(await projections.json({ ...request, body: JSON.stringify({ sample }) }, answer)) };
  } catch (error) {
    if (!(error instanceof ServiceRefused && TROUBLES.has(error.code))) throw error;
    return { name, checked: 0, passes: 0, divergentCount: 0, divergent: [], failure: error.message };
  }
};
