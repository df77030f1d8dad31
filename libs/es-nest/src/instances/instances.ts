import type { ReactorProgress } from '@ledgerline/es-core';

/** Where an instance takes what others hand over to it, and the word by which it knows them. */
export interface InstanceAddress {
  readonly url: string;
  readonly token: string;
}

export interface InstancesOptions {
  readonly service: string;
  /** All that is shared out, with as many partitions as are known. */
  readonly topics: readonly { readonly topic: string; readonly partitions: number }[];
  /** Of this instance; every other one learns it. */
  readonly address: InstanceAddress;
  /** Called whenever something is given to this instance, and with nothing before it is given up, which waits for a while. */
  readonly onHeld: (heldOf: (topic: string) => readonly number[]) => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
}

/** The living instances of a service, as one of them sees them. */
export interface Instances {
  /** Resolves when this instance was given its share. @throws EsError when it is refused for good */
  join(): Promise<void>;
  /** Names the time since which what this instance holds is certainly its own; undefined while that is not certain. */
  readonly term: number | undefined;
  /** True while nobody can have been given anything that `holder` does not know of, or is about to be told of. */
  readonly isInformed: boolean;
  held(topic: string): readonly number[];
  /** Who was given the partition last, this instance included. */
  holder(topic: string, partition: number): InstanceAddress | undefined;
  /** Calls `listener` whenever a term begins or ends, or something is given to somebody else, until the answer is called. */
  onChange(listener: () => void): () => void;
  /** So many partitions of the topic are shared out from then on. */
  resize(topic: string, partitions: number): void;
  /** The progress of the service's reactor on the topic, shared by all instances. */
  progress(topic: string): ReactorProgress;
  /** Gives up what it holds; ends a join too. Safe to repeat. */
  leave(): Promise<void>;
}
