import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import { EsError } from '@ledgerline/es-core';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.js';
import { keyIdOf } from './seal-keys.js';

const FORMAT = 'ledgerline-seal/1';
const ANY_FORMAT = /^ledgerline-seal\/(\d+)$/;

const head = z.object({
  partition: z.int().nonnegative(),
  /** How many records counted. */
  ordinal: z.int().nonnegative(),
  /** Hash of the last of them, and by it of all before. */
  head: z.string(),
  /** Its recorded time. */
  time: z.string(),
  /** Where it lay in that copy of the log: only a hint for the next seal. */
  offset: z.int(),
});
export type SealedHead = z.output<typeof head>;

const sealedLog = z.object({ topic: z.string(), logId: z.string(), heads: z.array(head) });
export type SealedLog = z.output<typeof sealedLog>;

const seal = z.object({
  format: z.literal(FORMAT),
  keyId: z.string(),
  /** From 1, without gaps within one directory. */
  sequence: z.int().positive(),
  /** Hash of the seal before; null for the first one. */
  previous: z.string().nullable(),
  /** By the clock of the machine that sealed. */
  sealedAt: z.iso.datetime(),
  logs: z.array(sealedLog),
  signature: z.base64(),
});
/** What every partition of every topic came to, signed. */
export type Seal = z.output<typeof seal>;

/** A seal whose signature is right, and where it was read. */
export interface ReadSeal extends Seal {
  readonly file: string;
  /** What the next seal names as `previous`. */
  readonly hash: string;
}

export type SealContent = Pick<Seal, 'sequence' | 'previous' | 'sealedAt' | 'logs'>;

/** Signs the canonical JSON of everything but the signature. */
export const sealed = (content: SealContent, key: KeyObject): Seal => {
  const unsigned = { format: FORMAT, keyId: keyIdOf(key), ...content } as const;
  return { ...unsigned, signature: sign(null, bytesOf(unsigned), key).toString('base64') };
};

/**
 * The seal in the text of a file, once it is certain that whoever has the key's other half signed it as it is.
 * @throws EsError `seal-unreadable`, `seal-newer`, `seal-wrong-key`, `seal-edited`
 */
export const readSeal = (file: string, text: string, key: KeyObject): ReadSeal => {
  const value = jsonIn(file, text);
  requireFormat(file, value);
  const { data, error } = seal.safeParse(value);
  if (!data) throw refused('seal-edited', file, `is not as it was signed: ${firstProblem(error)}`);
  const keyId = keyIdOf(key);
  if (data.keyId !== keyId)
    throw refused('seal-wrong-key', file, `was signed with key ${data.keyId}, not with ${keyId}`);
  const { signature, ...unsigned } = value as Record<string, unknown> & { signature: string };
  const bytes = bytesOf(unsigned);
  if (!verify(null, bytes, key, Buffer.from(signature, 'base64')))
    throw refused('seal-edited', file, 'is not as it was signed: the signature is of another content');
  return { ...data, file, hash: createHash('sha256').update(bytes).digest('base64url') };
};

const bytesOf = (unsigned: object): Buffer => Buffer.from(canonicalJson(unsigned));

const jsonIn = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refused('seal-unreadable', file, 'is not JSON', cause);
  }
};

const requireFormat = (file: string, value: unknown): void => {
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (format === FORMAT) return;
  const version = typeof format === 'string' ? ANY_FORMAT.exec(format)?.[1] : undefined;
  if (version === undefined) throw refused('seal-unreadable', file, 'is no seal');
  throw refused('seal-newer', file, `is of format ${version}, and this es knows format 1: verify it with a newer one`);
};

const firstProblem = (error: z.ZodError): string =>
  error.issues.slice(0, 1).map(({ path, message }) => `${path.join('.')}: ${message}`)[0] ?? '';

const refused = (code: string, file: string, what: string, cause?: unknown): EsError =>
  new EsError(code, `${file} ${what}`, false, { file }, { cause });
