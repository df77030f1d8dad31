import { catalogueOf, type EventName, type EventOf, type Events, type Immutable } from '../events/define-events.js';
import type { CollectionSpec } from '../read-models/read-model-store.port.js';
import type { Schema } from '../schema.js';
import type { ProjectedEvents, Projection } from './projection.js';

/** Distribute over several sets of events, so that one `on` takes the events of all. */
type NameIn<Source extends Events> = Source extends Events ? EventName<Source> : never;
type EventNamed<Source extends Events, Name> = Source extends Events
  ? Name extends EventName<Source>
    ? EventOf<Source, Name>
    : never
  : never;

/**
 * `Result` is what the folds return, and only there so that TypeScript keeps the literals of `() => ({ status: 'shipped' })`,
 * which are looked at before `Document` is known.
 */
type FoldMap<Source extends Events, Document extends object, Result> = {
  readonly [Name in NameIn<Source>]?: {
    readonly document: (event: EventNamed<Source, Name>) => string | readonly string[];
    readonly fold: (
      document: Document | undefined,
      event: EventNamed<Source, Name>,
      id: string,
    ) => NoInfer<Document> | Result | undefined;
  };
};

export interface ProjectionDefinition<
  Source extends Events,
  Shape extends object,
  Result extends Immutable<Shape> = Immutable<Shape>,
> extends Pick<Projection, 'name' | 'revision'> {
  readonly from: readonly Source[];
  readonly document: Schema<Shape, unknown>;
  /** None unless given. */
  readonly indexes?: CollectionSpec['indexes'];
  /** See `Projection.partitioned`; false unless given. */
  readonly partitioned?: boolean;
  readonly on: FoldMap<Source, Immutable<Shape>, Result>;
}

/** The document that a projection folds. */
export type DocumentOf<P extends Projection> = P extends Projection<infer Document> ? Document : never;

/**
 * A projection as a value. Events that `on` does not name are skipped, whoever wrote them; a name that is no event of `from` does
 * not compile.
 * @throws Error where the name is none for a collection, or two sources of one topic give an event two meanings.
 */
export const defineProjection = <
  Source extends Events,
  Shape extends object,
  const Result extends Immutable<Shape> = Immutable<Shape>,
>({
  name,
  revision,
  from,
  document,
  indexes = [],
  partitioned = false,
  on,
}: ProjectionDefinition<Source, Shape, Result>): Projection<Immutable<Shape>> => {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
    throw new Error(`${name}: a projection's name is in kebab-case, such as parcel-page`);
  // The foldings take the events that their names say, and the schema's documents.
  const value = { name, revision, from: byTopic(from), document, indexes, partitioned, on };
  return value as unknown as Projection<Immutable<Shape>>;
};

/** Once for each topic: several sets may share one. */
const byTopic = (sets: readonly Events[]): readonly ProjectedEvents[] =>
  [...new Set(sets.map(({ topic }) => topic))].map((topic) => ({
    topic,
    catalogue: catalogueOf(sets.filter((one) => one.topic === topic)),
  }));
