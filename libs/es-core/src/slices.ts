import type { Platform } from './platform.js';

/** Work that may rest wherever it yields, and comes to a result. */
export type InSteps<T> = Generator<void, T, void>;

/** Does all of it without a rest. */
export const atOnce = <T>(work: InSteps<T>): T => {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
};

/** So long others wait at the most, unless a single step takes longer. */
const SLICE_MS = 10;

/**
 * Does long work in slices, so that whatever else the process does gets on in between. Of all work together there is one slice
 * in each turn of the event loop, in the order in which they wait; what is short and meets nobody is done at once.
 */
export class Slices {
  readonly #waiting: (() => void)[] = [];
  #resting = false;

  constructor(private readonly platform: Pick<Platform, 'uptime' | 'setTimer'>) {}

  /** What the work comes to. @throws what it throws */
  async run<T>(work: InSteps<T>): Promise<T> {
    for (;;) {
      if (this.#resting) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      const ended = this.#slice(work);
      if (ended) return ended.value;
    }
  }

  /** Undefined where there is more to do. */
  #slice<T>(work: InSteps<T>): { readonly value: T } | undefined {
    const { platform } = this;
    const began = platform.uptime();
    try {
      do {
        const step = work.next();
        if (step.done) return step;
      } while (platform.uptime() - began < SLICE_MS);
      return undefined;
    } finally {
      this.#rest(platform.uptime() - began);
    }
  }

  /** Whoever waited longest is next, once others have had their turn; what took next to nothing need not be rested from. */
  #rest(tookMs: number): void {
    this.#resting = this.#waiting.length > 0 || tookMs >= SLICE_MS;
    if (!this.#resting) return;
    this.platform.setTimer(0, () => {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#resting = false;
    });
  }
}

const ofPlatform = new WeakMap<Platform, Slices>();

/** The slices of the process that the platform is of. */
export const slicesOn = (platform: Platform): Slices => {
  const known = ofPlatform.get(platform) ?? new Slices(platform);
  ofPlatform.set(platform, known);
  return known;
};
