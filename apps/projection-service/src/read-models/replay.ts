import {
  beforeGenesis,
  ChainReader,
  type DomainEvent,
  eventsIn,
  type JsonObject,
  LogDiverged,
  partitionKey,
  pause,
  type Platform,
  type Projection,
  type Recorded,
  type Source,
  type StoredDocument,
} from '@ledgerline/es-core';

export interface ReplayOptions<E extends DomainEvent, Document extends JsonObject> {
  readonly projection: Projection<E, Document>;
  readonly sources: readonly Source<E>[];
  readonly platform: Platform;
  /** Per `topic/partition`: what every document is to have seen. */
  readonly applied: ReadonlyMap<string, number>;
  /** Documents that may have seen more; each is folded as far as it says. */
  readonly stored: ReadonlyMap<string, StoredDocument>;
}

interface Folded<Document> {
  document: Document | undefined;
  positions: Record<string, number>;
}

/** The documents that the log gives, partition after partition: the order of partitions makes no difference to a fold. */
export const replay = async <E extends DomainEvent, Document extends JsonObject>(
  options: ReplayOptions<E, Document>,
): Promise<ReadonlyMap<string, Folded<Document>>> => {
  const documents = new Map<string, Folded<Document>>();
  for (const source of options.sources)
    for (let partition = 0; partition < source.log.partitions; partition += 1)
      await replayPartition(options, documents, { source, partition });
  return documents;
};

const replayPartition = async <E extends DomainEvent, Document extends JsonObject>(
  options: ReplayOptions<E, Document>,
  documents: Map<string, Folded<Document>>,
  { source: { log, logId, catalogue }, partition }: { readonly source: Source<E>; readonly partition: number },
): Promise<void> => {
  const { platform } = options;
  const key = partitionKey(log.topic, partition);
  const end = furthest(options, key);
  const reader = new ChainReader({ log, partition, platform, state: beforeGenesis(logId), follow: false });
  try {
    while (reader.state.ordinal < end) {
      const progress = await reader.next();
      if (!progress) throw behind({ topic: log.topic, partition, counted: reader.state.ordinal, applied: end });
      for (const event of eventsIn(progress.commits, catalogue, { topic: log.topic, partition }))
        applyTo(documents, event, key, options);
      // Reading and folding never waits for anything: let requests in between.
      await pause(platform, 0);
    }
  } finally {
    await reader.close();
  }
};

const furthest = (
  { applied, stored }: Pick<ReplayOptions<DomainEvent, JsonObject>, 'applied' | 'stored'>,
  key: string,
): number => {
  let end = applied.get(key) ?? 0;
  for (const { positions } of stored.values()) end = Math.max(end, positions[key] ?? 0);
  return end;
};

const applyTo = <E extends DomainEvent, Document extends JsonObject>(
  documents: Map<string, Folded<Document>>,
  event: Recorded<E>,
  key: string,
  { projection, applied, stored }: ReplayOptions<E, Document>,
): void => {
  const { ordinal } = event.context;
  for (const name of projection.documents(event)) {
    const id = projection.parts ? `${name}#${key}` : name;
    if (ordinal > Math.max(applied.get(key) ?? 0, stored.get(id)?.positions[key] ?? 0)) continue;
    const folded = documents.get(id) ?? { document: undefined, positions: {} };
    folded.document = projection.project(folded.document, event, id);
    folded.positions[key] = ordinal;
    documents.set(id, folded);
  }
};

const behind = ({
  topic,
  partition,
  ...facts
}: {
  topic: string;
  partition: number;
  counted: number;
  applied: number;
}) =>
  new LogDiverged(
    topic,
    partition,
    `${facts.counted} records count, but a read model has applied ${facts.applied}: the log lost its end or was edited`,
    facts,
  );
