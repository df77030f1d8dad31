import type { Versions } from './versions.js';
import {
  type MergedTypes,
  namesOf,
  type PastType,
  type RenamedType,
  type RetiredType,
  type SplitType,
} from './past-type.js';
import { parseStoredName } from './stored-name.js';

/** One of the events that are merged. */
export interface MergedPart {
  readonly kind: 'part';
  readonly of: MergedTypes;
  /** Its index among the parts. */
  readonly place: number;
  readonly versions: Versions;
}

export interface LivingType {
  readonly kind: 'type';
  readonly type: Versions;
}

/** What a stored name stands for. */
export type Meaning = LivingType | MergedPart | RenamedType | SplitType | RetiredType;

export interface KnownName {
  readonly meaning: Meaning;
  /** Today's names of what its events may be by now. */
  readonly leadsTo: ReadonlySet<string>;
}

/** A known name with the version that was asked for. */
export interface Found extends KnownName {
  readonly version: number;
}

/** Stored names that are remembered: there are few, unless somebody makes them up. */
const MOST_REMEMBERED = 10_000;

/** Every name that events are stored under. */
export class KnownNames {
  readonly #names: ReadonlyMap<string, KnownName>;
  readonly #found = new Map<string, Found | null>();

  /** @throws Error naming the type, when a name has two meanings, leads to one that is not there, or leads in a circle. */
  constructor(types: readonly Versions[], past: readonly PastType[]) {
    const meanings = meaningsOf(types, past);
    this.#names = new Map(
      [...meanings].map(([name, meaning]) => [name, { meaning, leadsTo: todaysNames(name, meanings, [name]) }]),
    );
    for (const one of past) checkPast(one, meanings);
  }

  /** What `ParcelShipped.v2` stands for; undefined for a name that is not known. Every reader of a log asks for every event. */
  find(stored: string): Found | undefined {
    let found = this.#found.get(stored);
    if (found === undefined) {
      const { name = '', version = 0 } = parseStoredName(stored) ?? {};
      const known = this.#names.get(name);
      found = known ? { ...known, version } : null;
      if (this.#found.size < MOST_REMEMBERED) this.#found.set(stored, found);
    }
    return found ?? undefined;
  }

  /** What the name stands for, whatever the version. */
  meaningOf(name: string): Meaning | undefined {
    return this.#names.get(name)?.meaning;
  }
}

type Meanings = ReadonlyMap<string, Meaning>;

const meaningsOf = (types: readonly Versions[], past: readonly PastType[]): Meanings => {
  const meanings = new Map<string, Meaning>();
  for (const [name, meaning] of [...types.map(livingType), ...past.flatMap((one) => pastMeanings(one))]) {
    if (meanings.has(name)) throw new Error(`${name} is in the catalogue twice`);
    if (parseStoredName(name)) throw new Error(`${name}: a name that ends like a version cannot be told from one`);
    meanings.set(name, meaning);
  }
  return meanings;
};

const livingType = (type: Versions): [string, Meaning] => [type.name, { kind: 'type', type }];

const pastMeanings = (past: PastType): [string, Meaning][] =>
  past.kind === 'merged'
    ? past.parts.map((versions, place) => [versions.name, { kind: 'part', of: past, place, versions }])
    : [[past.name, past]];

/** The names that the meaning leads on to. */
const next = (meaning: Meaning): readonly string[] => {
  switch (meaning.kind) {
    case 'renamed':
      return [meaning.to];
    case 'split':
      return meaning.into.map(nameIn);
    case 'part':
      return [nameIn(meaning.of.into)];
    default:
      return [];
  }
};

const nameIn = (stored: string): string => parseStoredName(stored)?.name ?? stored;

/** @throws Error when the names lead in a circle. */
const todaysNames = (name: string, meanings: Meanings, path: readonly string[]): ReadonlySet<string> => {
  const meaning = meanings.get(name);
  if (!meaning) return new Set();
  if (meaning.kind === 'type') return new Set([meaning.type.name]);
  return new Set(
    next(meaning).flatMap((to) => {
      if (path.includes(to)) throw new Error(`${name} leads in a circle: ${[...path, to].join(' -> ')}`);
      return [...todaysNames(to, meanings, [...path, to])];
    }),
  );
};

const checkPast = (past: PastType, meanings: Meanings): void => {
  const name = namesOf(past).join(' and ');
  switch (past.kind) {
    case 'renamed':
      if (!meanings.has(past.to)) throw new Error(`${name} is renamed to ${past.to}, which is not in the catalogue`);
      return;
    case 'split':
      if (past.into.length === 0) throw new Error(`${name} is split into nothing: then it is retired`);
      for (const into of past.into) checkTarget(`${name} is split into`, into, meanings);
      return;
    case 'merged':
      if (past.parts.length < 2) throw new Error(`${name} is merged with nothing: then it is renamed`);
      checkTarget(`${name} are merged into`, past.into, meanings);
      if (leadsToPart(past.into, meanings)) throw new Error(`${name} are merged into what is merged again`);
      return;
    case 'retired':
      return;
  }
};

const checkTarget = (what: string, into: string, meanings: Meanings): void => {
  const target = parseStoredName(into);
  if (!target) throw new Error(`${what} ${into}, which is no name with a version, like ParcelShipped.v1`);
  const versions = versionsOf(target.name, meanings);
  if (versions === undefined) throw new Error(`${what} ${into}, which is not in the catalogue`);
  if (target.version > versions) throw new Error(`${what} ${into}, whose newest version is ${versions}`);
};

/** How many versions the name has; undefined for one that is not known. There is no circle. */
const versionsOf = (name: string, meanings: Meanings): number | undefined => {
  const meaning = meanings.get(name);
  switch (meaning?.kind) {
    case 'type':
      return meaning.type.schemas.length;
    case 'split':
      return meaning.schemas.length;
    case 'part':
      return meaning.versions.schemas.length;
    case 'renamed':
      return versionsOf(meaning.to, meanings);
    case 'retired':
      return Infinity;
    case undefined:
      return undefined;
  }
};

const leadsToPart = (stored: string, meanings: Meanings): boolean => {
  const meaning = meanings.get(nameIn(stored));
  return meaning !== undefined && (meaning.kind === 'part' || next(meaning).some((to) => leadsToPart(to, meanings)));
};
