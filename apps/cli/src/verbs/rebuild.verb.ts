import { withShop } from '../http/shop.js';
import { beginRebuild, liveGeneration } from '../rebuild/rebuilt-generation.js';
import type { Result } from '../terminal/print.js';
import { rebuildProgress } from '../terminal/rebuild-progress.js';

export interface RebuildOptions {
  /** False: return once it has begun. */
  readonly wait: boolean;
}

/** `es rebuild NAME`: makes a read model anew, and returns once the new one answers. */
export const rebuildVerb = (name: string, { wait }: RebuildOptions): Promise<Result> =>
  withShop(async (shop) => {
    const begun = await beginRebuild(shop, name);
    if (!wait)
      return { json: { name, generation: begun }, text: `Generation ${begun.number} of ${name} is being filled.` };
    const progress = rebuildProgress();
    try {
      const generation = await liveGeneration(shop, { name, number: begun.number }, (one) => progress.say(one));
      return { json: { name, generation }, text: `Generation ${begun.number} of ${name} answers now.` };
    } finally {
      progress.stop();
    }
  });
