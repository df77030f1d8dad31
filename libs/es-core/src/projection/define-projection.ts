import { eventCatalogue } from '../catalogue.js';
import type { Schema } from '../catalogue/event-type.js';
import type { DomainEvent } from '../decider.js';
import type { CollectionSpec } from '../read-models/read-model-store.port.js';
import type { Recorded } from '../recorded-event.js';
import type { ProjectedEvents, Projection } from './projection.js';

/** The events of a topic. Distributes over several topics, so that one `on` takes the events of all. */
type EventIn<Source extends ProjectedEvents> = Source extends ProjectedEvents<infer E> ? E : never;

/** A document is never changed: each fold makes another one. */
type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/**
 * `Result` is what the folds return, and only there so that TypeScript keeps the literals of `() => ({ status: 'shipped' })`,
 * which are looked at before `Document` is known.
 */
type FoldMap<E extends DomainEvent, Document extends object, Result> = {
  readonly [Name in E['type']]?: {
    readonly document: (event: Recorded<Extract<E, { readonly type: Name }>>) => string | readonly string[];
    readonly fold: (
      document: Document | undefined,
      event: Recorded<Extract<E, { readonly type: Name }>>,
      id: string,
    ) => NoInfer<Document> | Result | undefined;
  };
};

export interface ProjectionDefinition<
  Source extends ProjectedEvents,
  Shape extends object,
  Result extends DeepReadonly<Shape> = DeepReadonly<Shape>,
> extends Pick<Projection, 'name' | 'revision'> {
  readonly from: readonly Source[];
  readonly document: Schema<Shape>;
  /** None unless given. */
  readonly indexes?: CollectionSpec['indexes'];
  /** See `Projection.partitioned`; false unless given. */
  readonly partitioned?: boolean;
  readonly on: FoldMap<EventIn<Source>, DeepReadonly<Shape>, Result>;
}

/** The document that a projection folds. */
export type DocumentOf<P extends Projection> = P extends Projection<infer Document> ? Document : never;

/**
 * A projection as a value. Events that `on` does not name are skipped, whoever wrote them; a name that is no event of `from` does
 * not compile.
 * @throws Error where the name is none for a collection, or two sources of one topic give an event two meanings.
 */
export const defineProjection = <
  Source extends ProjectedEvents,
  Shape extends object,
  const Result extends DeepReadonly<Shape> = DeepReadonly<Shape>,
>({
  name,
  revision,
  from,
  document,
  indexes = [],
  partitioned = false,
  on,
}: ProjectionDefinition<Source, Shape, Result>): Projection<DeepReadonly<Shape>> => {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
    throw new Error(`${name}: a projection's name is in kebab-case, such as order-page`);
  // The foldings take the events that their names say, and the schema's documents.
  const value = { name, revision, from: byTopic(from), document, indexes, partitioned, on };
  return value as unknown as Projection<DeepReadonly<Shape>>;
};

/** One source for each topic: several may be named that share one. */
const byTopic = (sources: readonly ProjectedEvents[]): readonly ProjectedEvents[] =>
  [...new Set(sources.map(({ topic }) => topic))].map((topic) => {
    const shared = sources.filter((source) => source.topic === topic);
    const catalogues = [...new Set(shared.map(({ catalogue }) => catalogue))];
    const [only] = catalogues;
    const types = catalogues.flatMap((one) => one.types);
    const past = catalogues.flatMap((one) => one.past);
    return { topic, catalogue: only && catalogues.length === 1 ? only : eventCatalogue(types, past) };
  });
