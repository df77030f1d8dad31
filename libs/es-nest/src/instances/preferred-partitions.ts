import type { Platform } from '@ledgerline/es-core';
import type { InstanceAddress, Instances } from '@ledgerline/es-core/adapter';

export interface PreferredPartitionsOptions {
  readonly instances: Pick<Instances, 'term' | 'held' | 'holder' | 'onChange'>;
  readonly topic: string;
  readonly partitions: number;
  /** Of this instance. */
  readonly token: string;
  readonly platform: Pick<Platform, 'setTimer'>;
  readonly catchUp: (partition: number) => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
  /** Told after every change of what `isMine` and `holder` answer. */
  readonly onChange: () => void;
}

/** Until then, what others were still writing when they learned who is the preferred writer now has ended. */
const SETTLED_AFTER_MS = 1_500;
/** An instance that could not reach this one may have written here; so often that is looked for. */
const LOOK_EVERY_MS = 1_000;

/**
 * The partitions of the own topic that this instance is the preferred writer of: those that it holds for certain, once it has
 * folded what others wrote there. A gap in the certainty, however short, makes it fold again first.
 */
export class PreferredPartitions {
  /** By partition: the term in which it was caught up. */
  readonly #caughtUp = new Map<number, number>();
  readonly #stopListening: () => void;
  #settling: number | undefined;
  #cancelTimer: (() => void) | undefined;
  #hadCompany = false;
  #closed = false;

  constructor(private readonly options: PreferredPartitionsOptions) {
    this.#stopListening = options.instances.onChange(() => this.#changed());
  }

  isMine(partition: number): boolean {
    const { term } = this.options.instances;
    return term !== undefined && !this.#closed && this.#caughtUp.get(partition) === term;
  }

  holder(partition: number): InstanceAddress | undefined {
    return this.options.instances.holder(this.options.topic, partition);
  }

  get holders(): readonly (InstanceAddress | undefined)[] {
    return Array.from({ length: this.options.partitions }, (_, partition) => this.holder(partition));
  }

  /** Nothing is preferred any more. */
  close(): void {
    this.#closed = true;
    this.#stopListening();
    this.#cancelTimer?.();
    this.options.onChange();
  }

  #changed(): void {
    const { term } = this.options.instances;
    if (term !== undefined && term !== this.#settling) this.#settle(term);
    this.options.onChange();
  }

  #settle(term: number): void {
    this.#settling = term;
    const alone = this.holders.every((holder) => holder === undefined || holder.token === this.options.token);
    // Where nobody else was there before either, there is nobody to wait for.
    const waits = !alone || this.#hadCompany;
    this.#hadCompany = !alone;
    this.#after(waits ? SETTLED_AFTER_MS : 0, term);
  }

  #after(ms: number, term: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.options.platform.setTimer(ms, () => void this.#look(term));
  }

  /** Folds what others wrote in what this instance holds, now and then again. */
  async #look(term: number): Promise<void> {
    const { instances, topic, catchUp, onTrouble } = this.options;
    await Promise.all(
      instances.held(topic).map(async (partition) => {
        try {
          await catchUp(partition);
          if (instances.term === term) this.#prefer(partition, term);
        } catch (error) {
          onTrouble(error);
        }
      }),
    );
    if (!this.#closed && this.#settling === term) this.#after(LOOK_EVERY_MS, term);
  }

  #prefer(partition: number, term: number): void {
    if (this.#closed || this.#caughtUp.get(partition) === term) return;
    this.#caughtUp.set(partition, term);
    this.options.onChange();
  }
}
