import type { BeginningInLog, HeldStream, HeldStreams, ParkedReactions } from '@ledgerline/es-core/runtime';

/** Parked reactions in memory, and what a person does about them. */
export interface MemoryParkedReactions extends ParkedReactions {
  held(partition: number): readonly HeldStream[];
  /** Lets the stream go on, without the message because of which it is held where that is `discarded`. */
  retry(partition: number, stream: string, how?: { readonly discarded: boolean }): void;
}

export const memoryParkedReactions = (uncertain: Pick<HeldStreams, 'uncertainUntil'> = {}): MemoryParkedReactions => {
  const partitions = new Map<number, Map<string, HeldStream>>();
  const beginnings = new Map<number, BeginningInLog>();
  const listeners = new Set<(partition: number) => void>();
  const of = (partition: number): Map<string, HeldStream> => {
    const held = partitions.get(partition) ?? new Map<string, HeldStream>();
    partitions.set(partition, held);
    return held;
  };
  return {
    load: (partition) => {
      const begun = beginnings.get(partition);
      return Promise.resolve({ ...uncertain, streams: [...of(partition).values()], ...(begun && { begun }) });
    },
    begin: (partition, given) => {
      const known = beginnings.get(partition);
      const begun = known?.logId === given.logId ? known : given;
      beginnings.set(partition, begun);
      return Promise.resolve(begun);
    },
    park: (partition, parked) => {
      const { discarded = [] } = of(partition).get(parked.stream) ?? {};
      of(partition).set(parked.stream, { ...parked, discarded, status: 'parked' });
      return Promise.resolve();
    },
    release: (partition, stream) => {
      of(partition).delete(stream);
      return Promise.resolve();
    },
    onRetry: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    held: (partition) => [...of(partition).values()],
    retry: (partition, stream, how = { discarded: false }) => {
      const held = of(partition).get(stream);
      if (!held) throw new Error(`${stream} is not held`);
      const discarded = how.discarded ? [...held.discarded, held.message.id] : held.discarded;
      of(partition).set(stream, { ...held, discarded, status: 'retrying' });
      for (const listener of listeners) listener(partition);
    },
  };
};
