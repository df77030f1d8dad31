import type { ReactorProgress } from '../reactor/reactor-progress.js';

/** An instance as the others see it. */
export interface InstanceAddress {
  /** Where it takes what others hand over to it; absent where the instances have no secret to prove themselves by. */
  readonly url?: string;
  /** Tells it from all others, and from itself before a restart. No secret: it can be read in the group. */
  readonly token: string;
}

/** By what members prove that they belong to the service: nobody can make a proof of these parts who does not know it. */
export interface MemberSecret {
  proofOf(...parts: readonly string[]): string;
  isProof(proof: string, ...parts: readonly string[]): boolean;
}

export interface InstancesOptions {
  readonly service: string;
  /** All that is shared out. Partitions that nobody knows yet are taken to be as many as those of a topic that is made. */
  readonly topics: readonly { readonly topic: string; readonly partitions?: number }[];
  /** Of this instance; every other one learns it. */
  readonly address: InstanceAddress;
  /** Called whenever something is given to this instance, and with nothing before it is given up, which waits for a while. */
  readonly onHeld: (heldOf: (topic: string) => readonly number[]) => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
  /** Absent: nobody can be told from a stranger, and one instance is given everything. */
  readonly secret?: MemberSecret;
  /** Told of the members of the group that are given nothing, because they did not prove themselves: by their names there. */
  readonly onStrangers?: (names: readonly string[]) => void;
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
