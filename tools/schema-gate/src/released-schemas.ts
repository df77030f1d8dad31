import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EsError } from '@ledgerline/es-core';
import { z } from 'zod';
import { type JsonSchema, sortedJson } from './json-schema.js';
import type { StoredSchema } from './stored-schemas.js';

/** A stored event's schema as it was when a release was made. A version that grew is in more than one release. */
export interface ReleasedSchema {
  readonly release: string;
  readonly topic: string;
  readonly event: string;
  readonly version: number;
  readonly storedName: string;
  readonly schema: JsonSchema;
}

const MANIFEST = 'manifest.json';

const entry = z.strictObject({
  release: z.string().regex(/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/, { error: 'must be a version, such as "1.4.0"' }),
  topic: z.string(),
  event: z.string(),
  version: z.int().min(1),
  storedName: z.string().regex(/^[A-Za-z0-9]+\.v\d+$/, { error: 'must be a stored name, such as "OrderCreated.v1"' }),
  /** Of the file, so that nobody changes what was released. */
  sha256: z.string(),
});

const manifest = z.strictObject({ format: z.literal(1, { error: 'must be 1' }), schemas: z.array(entry) });

type Entry = z.output<typeof entry>;

/** The released schemas are not there, or are not what they were. */
export class ReleasedSchemasUnusable extends EsError {
  constructor(path: string, rule: string, options?: ErrorOptions) {
    super('released-schemas-unusable', `${path} ${rule}`, false, { path }, options);
  }
}

/** In the order of their releases; none where nothing was ever released. @throws ReleasedSchemasUnusable */
export const readReleased = (directory: string): readonly ReleasedSchema[] =>
  entriesIn(directory).map(({ sha256, ...one }) => {
    const path = fileOf(directory, one);
    const text = textIn(path);
    if (hashOf(text) !== sha256)
      throw new ReleasedSchemasUnusable(path, 'was changed after its release: take it back from version control');
    return { ...one, schema: JSON.parse(text) as JsonSchema };
  });

/** Adds a release; what is there stays to the byte. The manifest comes last, so that a release is whole or is not there. */
export const writeRelease = (directory: string, release: string, schemas: readonly StoredSchema[]): void => {
  const before = entriesIn(directory);
  const { success, error } = entry.shape.release.safeParse(release);
  if (!success) throw new ReleasedSchemasUnusable(`release ${release}`, error.issues[0]?.message ?? 'is no version');
  if (before.some((one) => one.release === release))
    throw new ReleasedSchemasUnusable(
      `release ${release}`,
      'is recorded already and never changes: name the next one, as in `npx nx run events:release-schemas --release 1.4.0`',
    );
  mkdirSync(join(directory, release), { recursive: true });
  const added = schemas.map(({ topic, event, version, storedName, schema }): Entry => {
    const text = fileText(schema);
    writeFileSync(fileOf(directory, { release, storedName }), text);
    return { release, topic, event, version, storedName, sha256: hashOf(text) };
  });
  const path = join(directory, MANIFEST);
  writeFileSync(`${path}.new`, fileText({ format: 1, schemas: [...before, ...added] }));
  renameSync(`${path}.new`, path);
};

const entriesIn = (directory: string): readonly Entry[] => {
  const path = join(directory, MANIFEST);
  if (!existsSync(path)) return [];
  const { success, data, error } = manifest.safeParse(jsonIn(path));
  if (success) return data.schemas;
  const [issue] = error.issues;
  throw new ReleasedSchemasUnusable(path, `cannot be used: ${issue?.path.join('.')} ${issue?.message}`, {
    cause: error,
  });
};

const fileOf = (directory: string, { release, storedName }: Pick<Entry, 'release' | 'storedName'>): string =>
  join(directory, release, `${storedName}.json`);

const textIn = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ReleasedSchemasUnusable(path, 'cannot be read: take it back from version control', { cause });
  }
};

const jsonIn = (path: string): unknown => {
  try {
    return JSON.parse(textIn(path));
  } catch (cause) {
    if (cause instanceof ReleasedSchemasUnusable) throw cause;
    throw new ReleasedSchemasUnusable(path, 'is no JSON: take it back from version control', { cause });
  }
};

const fileText = (value: unknown): string => `${sortedJson(value, 2)}\n`;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
