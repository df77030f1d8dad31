import { open, type RootDatabase } from 'lmdb';
import { committed } from './committed.js';
import { makeDirectory, usingDataDir } from './data-dir.js';
import { dataFileProblem } from './data-file.js';
import { DataDirUnusable } from './data-dir-unusable.error.js';
import { EnvironmentDamaged } from './environment-damaged.error.js';

/** One LMDB environment with one database: byte keys in byte order, byte values. */
export type Environment = RootDatabase<Buffer, Uint8Array>;

export interface EnvironmentOptions {
  readonly directory: string;
  readonly readOnly?: boolean;
  /** True: nothing is seen before it is flushed. False: it is seen at once and flushed soon after. */
  readonly durable: boolean;
  /** Bytes of a page, fixed when the environment is made. LMDB's own choice if it is left out. */
  readonly pageSize?: number;
  /** What a person should do when the environment is not usable; part of the error's message. */
  readonly remedy: string;
}

/** @throws EnvironmentDamaged when what lies there cannot be used; DataDirUnusable when it is not this user's to use. */
export const openEnvironment = (options: EnvironmentOptions): Environment => {
  const { directory, readOnly = false, durable, remedy, pageSize } = options;
  const problem = usingDataDir(directory, () => dataFileProblem(directory));
  if (problem !== undefined) throw new EnvironmentDamaged(directory, problem, remedy);
  try {
    return usingDataDir(directory, () =>
      open<Buffer, Uint8Array>({
        path: directory,
        noSubdir: false,
        readOnly,
        // A transaction begins with the first write: while one partition's batch is flushed, the others decide theirs.
        ...(durable && { overlappingSync: false, eventTurnBatching: false }),
        ...(pageSize !== undefined && { pageSize }),
        encoding: 'binary',
        keyEncoding: 'binary',
      }),
    );
  } catch (cause) {
    if (cause instanceof DataDirUnusable) throw cause;
    throw new EnvironmentDamaged(directory, 'LMDB cannot open it', remedy, { cause });
  }
};

const FORMAT_KEY = Buffer.of(0);

/** What an environment says about itself: its kind, the version of its layout, and what it was made for. */
export type Format = Readonly<Record<string, string | number>>;

/**
 * The format that was written when the environment was made; undefined for an empty one.
 * @throws EnvironmentDamaged when it holds something, but not that.
 */
export const readFormat = (environment: Environment, { directory, remedy }: EnvironmentOptions): Format | undefined => {
  const foreign = (cause?: unknown) =>
    new EnvironmentDamaged(directory, 'it is an LMDB environment, but not one of ours', remedy, { cause });
  environment.resetReadTxn();
  const stored = environment.get(FORMAT_KEY);
  try {
    if (stored) return JSON.parse(stored.toString()) as Format;
  } catch (cause) {
    throw foreign(cause);
  }
  if (environment.getKeysCount({ limit: 1 }) > 0) throw foreign();
  return undefined;
};

export const putFormat = async (environment: Environment, format: Format): Promise<void> => {
  await committed(environment.put(FORMAT_KEY, Buffer.from(JSON.stringify(format))));
};

/**
 * Opens an environment of this format, making it where there is none.
 * @throws EnvironmentDamaged when there is something else; DataDirUnusable when none can be made.
 */
export const openFormatted = async (options: EnvironmentOptions, format: Format): Promise<Environment> => {
  makeDirectory(options.directory);
  const environment = openEnvironment(options);
  return await closingOnFailure(environment, async () => {
    const stored = readFormat(environment, options);
    if (!stored) await putFormat(environment, format);
    else if (JSON.stringify(stored) !== JSON.stringify(format))
      throw new EnvironmentDamaged(options.directory, `it says ${JSON.stringify(stored)}`, options.remedy);
    return environment;
  });
};

export const closingOnFailure = async <T>(environment: Environment, run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (cause) {
    await environment.close();
    throw cause;
  }
};
