import { partitionKey } from '@ledgerline/es-core';
import type { PartitionedLog, ReactorProgress } from '@ledgerline/es-core/adapter';
import type { DomainEvent, ReactorRunner, ReactorStatus } from '@ledgerline/es-core/runtime';

export interface ReactorReport {
  /** `parcel-service/parcels.events`: the service, and a topic that it reacts to. */
  readonly name: string;
  /** As `@Reactor` names it. */
  readonly reactorName: string;
  readonly partitions: readonly ReactorStatus[];
}

/** A reactor at work on a topic. */
export interface RunningReactor {
  readonly reactor: string;
  readonly runner: ReactorRunner<DomainEvent>;
  readonly log: PartitionedLog;
  readonly progress: ReactorProgress;
}

/** Of partitions that other instances work on, what they have stored. */
export const reportOf = async ({ reactor, runner, log, progress }: RunningReactor): Promise<ReactorReport> => {
  const here = runner.status();
  const missing = Array.from({ length: log.partitions }, (_, partition) => partition).filter(
    (partition) => !here.some((one) => one.partition === partition),
  );
  const stored = missing.length === 0 ? {} : await progress.load();
  const elsewhere = missing.map((partition): ReactorStatus => {
    const state = stored[partitionKey(log.topic, partition)];
    return { topic: log.topic, partition, ordinal: state?.ordinal ?? 0, underWay: 0, parked: 0 };
  });
  const partitions = [...here, ...elsewhere].sort((a, b) => a.partition - b.partition);
  return { name: runner.name, reactorName: reactor, partitions };
};
