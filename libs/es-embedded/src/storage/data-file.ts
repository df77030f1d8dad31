import { accessSync, closeSync, constants, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

// Where LMDB keeps, on 64-bit little-endian machines, what is read here from each of its two meta pages.
const MAGIC_AT = 24;
const PAGE_SIZE_AT = 48;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;
const META_BYTES = 160;
const MAGIC_AND_VERSION = Buffer.from('dec0efbe02000000', 'hex');
const KNOWN_LAYOUT = new Set(['x64', 'arm64']);

// A transaction may give back pages at the end that it never wrote, so a whole file can be a little shorter than it claims.
const TOLERATED_BYTES = 64 * 1024;

/** The data file of the environment in `directory`, whether it exists or not. */
export const dataFileOf = (directory: string): string => join(directory, 'data.mdb');

export const environmentExists = (directory: string): boolean => existsSync(dataFileOf(directory));

/** False also where there is none. */
export const mayWriteData = (directory: string): boolean => {
  try {
    accessSync(dataFileOf(directory), constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * What is wrong with the environment's data file, or undefined. LMDB itself does not look: opening a foreign file, or
 * reading behind the end of a truncated one, kills the process.
 */
export const dataFileProblem = (directory: string): string | undefined => {
  if (!KNOWN_LAYOUT.has(process.arch) || !environmentExists(directory)) return undefined;
  const file = openSync(dataFileOf(directory), 'r');
  try {
    return problemOf(file, fstatSync(file).size);
  } finally {
    closeSync(file);
  }
};

const problemOf = (file: number, size: number): string | undefined => {
  if (size === 0) return undefined; // Made, and then killed before anything was written: LMDB begins anew.
  const first = metaAt(file, 0);
  if (!first) return 'data.mdb is not an LMDB file';
  const second = metaAt(file, first.pageSize);
  if (!second) return 'data.mdb is not a whole LMDB file';
  const latest = first.transaction > second.transaction ? first : second;
  const claimed = (latest.lastPage + 1) * first.pageSize;
  return size + TOLERATED_BYTES < claimed ? `data.mdb is cut off: ${size} of ${claimed} bytes` : undefined;
};

interface Meta {
  readonly pageSize: number;
  readonly lastPage: number;
  readonly transaction: number;
}

const metaAt = (file: number, position: number): Meta | undefined => {
  const bytes = Buffer.alloc(META_BYTES);
  if (readSync(file, bytes, 0, META_BYTES, position) < META_BYTES) return undefined;
  if (bytes.compare(MAGIC_AND_VERSION, 0, 8, MAGIC_AT, MAGIC_AT + 8) !== 0) return undefined;
  return {
    pageSize: bytes.readUInt32LE(PAGE_SIZE_AT),
    lastPage: Number(bytes.readBigUInt64LE(LAST_PAGE_AT)),
    transaction: Number(bytes.readBigUInt64LE(TRANSACTION_AT)),
  };
};
