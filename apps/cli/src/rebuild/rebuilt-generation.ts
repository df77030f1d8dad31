import { setTimeout } from 'node:timers/promises';
import type { Shop } from '../http/shop.js';
import { type Generation, generationsAnswer, readProjections } from '../progress/readers.js';
import { RebuildEnded } from './rebuild-ended.error.js';

const LOOK_EVERY_MS = 250;

/** Begins a rebuild, or joins the one under way, and answers the generation that is filled. @throws ServiceRefused */
export const beginRebuild = async ({ projections }: Shop, name: string): Promise<Generation> => {
  const path = `/projections/${encodeURIComponent(name)}/rebuild`;
  const { generations } = await projections.json({ method: 'POST', path }, generationsAnswer);
  // It has the highest number, also when it has taken over before the answer was written.
  return generations.reduce((newest, one) => (one.number > newest.number ? one : newest));
};

/**
 * The generation, once it is live; `onProgress` is told how far it is until then.
 * @throws RebuildEnded when it is given up, or held back because of its parked documents.
 */
export const liveGeneration = async (
  shop: Shop,
  { name, number }: { readonly name: string; readonly number: number },
  onProgress: (generation: Generation) => void,
): Promise<Generation> => {
  for (;;) {
    const projection = (await readProjections(shop)).find((one) => one.name === name);
    const generation = projection?.generations.find((one) => one.number === number);
    if (generation?.state === 'live') return generation;
    if (generation?.state !== 'filling') throw new RebuildEnded(name, number, 'somebody gave it up meanwhile');
    if (generation.heldBack)
      throw new RebuildEnded(
        ...([name, number] as const),
        `${generation.parked} of its documents are parked, more than of the live one; see \`es parked\``,
      );
    onProgress(generation);
    await setTimeout(LOOK_EVERY_MS);
  }
};
