import { openStore } from './workload.js';

/** What this process is given as its only argument, as JSON. */
export interface StreamToLoad {
  readonly directory: string;
  readonly id: string;
  /** Without one the latest, from its snapshot; another one is folded from the first event. */
  readonly version?: number;
}

/** How many milliseconds the load took, as the first thing that the process did. */
export type LoadTook = number;

// Nobody would take the answer any more.
process.once('disconnect', () => process.exit());

const { directory, id, version } = JSON.parse(process.argv[2] ?? '') as StreamToLoad;
const { carts, close } = await openStore(directory);
const began = performance.now();
carts.stateOf(id, version === undefined ? {} : { version });
const took: LoadTook = performance.now() - began;
await close();
process.send?.(took, () => process.disconnect());
