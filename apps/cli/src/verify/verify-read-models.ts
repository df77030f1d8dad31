import { z } from 'zod';
import { ServiceRefused } from '../http/service-refused.error.js';
import type { Shop } from '../http/shop.js';
import { readProjections } from '../progress/readers.js';

const divergence = z.object({ id: z.string(), problem: z.string(), fields: z.array(z.string()).optional() });
const answer = z.object({ checked: z.number(), divergent: z.array(divergence) });

export interface ReadModelVerdict extends z.output<typeof answer> {
  readonly name: string;
  /** Why it could not be held against the log: the log does not hold what it has applied. */
  readonly failure?: string;
}

/** What a replay of the log says of every read model; the projection service does it. */
export const verifyReadModels = async (
  shop: Shop,
  onReadModel: (name: string) => void,
): Promise<readonly ReadModelVerdict[]> => {
  const verdicts: ReadModelVerdict[] = [];
  for (const { name } of await readProjections(shop)) {
    onReadModel(name);
    verdicts.push(await verdictOn(name, shop));
  }
  return verdicts;
};

const verdictOn = async (name: string, { projections }: Shop): Promise<ReadModelVerdict> => {
  const path = `/projections/${encodeURIComponent(name)}/verify`;
  try {
    return { name, ...(await projections.json({ method: 'POST', path }, answer)) };
  } catch (error) {
    if (!(error instanceof ServiceRefused && error.code === 'log-diverged')) throw error;
    return { name, checked: 0, divergent: [], failure: error.message };
  }
};
