import { z } from 'zod';
import type { Shop } from '../http/shop.js';
import { readProjections } from '../progress/readers.js';

const divergence = z.object({ id: z.string(), problem: z.string(), fields: z.array(z.string()).optional() });
const answer = z.object({ checked: z.number(), divergent: z.array(divergence) });

export interface ReadModelVerdict extends z.output<typeof answer> {
  readonly name: string;
}

/** What a replay of the log says of every read model; the projection service does it. */
export const verifyReadModels = async (
  shop: Shop,
  onReadModel: (name: string) => void,
): Promise<readonly ReadModelVerdict[]> => {
  const verdicts: ReadModelVerdict[] = [];
  for (const { name } of await readProjections(shop)) {
    onReadModel(name);
    const path = `/projections/${encodeURIComponent(name)}/verify`;
    verdicts.push({ name, ...(await shop.projections.json({ method: 'POST', path }, answer)) });
  }
  return verdicts;
};
