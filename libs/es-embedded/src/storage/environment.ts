import { open, type RootDatabase } from 'lmdb';
import { dataFileProblem } from './data-file.js';
import { EnvironmentDamaged } from './environment-damaged.error.js';

/** One LMDB environment with one database: byte keys in byte order, byte values. */
export type Environment = RootDatabase<Buffer, Uint8Array>;

export interface EnvironmentOptions {
  readonly directory: string;
  readonly readOnly?: boolean;
  /** True: nothing is seen before it is flushed. False: it is seen at once and flushed soon after. */
  readonly durable: boolean;
  /** What a person should do when the environment is not usable; part of the error's message. */
  readonly remedy: string;
}

/** @throws EnvironmentDamaged when what lies there cannot be used. */
export const openEnvironment = ({ directory, readOnly = false, durable, remedy }: EnvironmentOptions): Environment => {
  const problem = dataFileProblem(directory);
  if (problem !== undefined) throw new EnvironmentDamaged(directory, problem, remedy);
  try {
    return open<Buffer, Uint8Array>({
      path: directory,
      noSubdir: false,
      readOnly,
      ...(durable && { overlappingSync: false }),
      encoding: 'binary',
      keyEncoding: 'binary',
    });
  } catch (cause) {
    throw new EnvironmentDamaged(directory, 'LMDB cannot open it', remedy, { cause });
  }
};

const FORMAT_KEY = Buffer.of(0);

/** What an environment says about itself: its kind, the version of its layout, and what it was made for. */
export type Format = Readonly<Record<string, string | number>>;

/** The format that was written when the environment was made; undefined for an empty one. */
export const readFormat = (environment: Environment, remedy: string): Format | undefined => {
  environment.resetReadTxn();
  const stored = environment.get(FORMAT_KEY);
  if (stored) return parseFormat(environment, stored, remedy);
  if (environment.getKeysCount({ limit: 1 }) > 0) throw foreign(environment, remedy);
  return undefined;
};

export const putFormat = async (environment: Environment, format: Format): Promise<void> => {
  await environment.put(FORMAT_KEY, Buffer.from(JSON.stringify(format)));
};

const parseFormat = (environment: Environment, stored: Buffer, remedy: string): Format => {
  try {
    return JSON.parse(stored.toString()) as Format;
  } catch (cause) {
    throw foreign(environment, remedy, cause);
  }
};

const foreign = (environment: Environment, remedy: string, cause?: unknown): EnvironmentDamaged =>
  new EnvironmentDamaged(pathOf(environment), 'it is an LMDB environment, but not one of ours', remedy, { cause });

const pathOf = (environment: Environment): string => ('path' in environment ? String(environment.path) : 'environment');
