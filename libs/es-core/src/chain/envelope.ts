import type { LogRecord } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';

/**
 * `event` is one event of a command; `verdict` says for ever that a command recorded nothing; `barrier` says nothing and
 * settles what was unknown; `genesis` opens a partition.
 */
export type RecordKind = 'event' | 'verdict' | 'barrier' | 'genesis';

/** A record as the chain reads it: CloudEvents' attributes and ours. All of it but `owner` and `traceparent` is hashed. */
export interface Envelope {
  readonly kind: RecordKind;
  /** The stream; empty for barriers and genesis. */
  readonly key: string;
  readonly value: string;
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly time: string;
  /** The stream's version with this event; for a verdict the version it was decided on. */
  readonly version: number;
  /** Which of the command's records this is, from 1. */
  readonly index: number;
  /** How many records the command has. */
  readonly count: number;
  /** Hash of the record that this one follows. */
  readonly prev: string;
  readonly commandId: string;
  readonly fingerprint: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: string;
  /** Where the writer of this record takes commands. A hint. */
  readonly owner?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** `prev` of a genesis record: nothing comes before it. */
export const BEFORE_GENESIS = '';

const KINDS: ReadonlySet<string> = new Set(['event', 'verdict', 'barrier', 'genesis']);
const COMMIT = /^([1-9]\d{0,8})\/([1-9]\d{0,8})$/;
const VERSION = /^(?:0|[1-9]\d{0,14})$/;

/** Headers that every record of ours has. */
const REQUIRED = [
  'ce_id',
  'ce_type',
  'ce_source',
  'ce_time',
  'kind',
  'version',
  'commit',
  'prev',
  'commandid',
  'fingerprint',
  'correlationid',
  'causationid',
  'actor',
] as const;

type Headers = Readonly<Record<(typeof REQUIRED)[number], string>> & {
  readonly owner?: string;
  readonly traceparent?: string;
};

/** The record that carries the envelope, in the CloudEvents Kafka binding's binary mode. */
export const toRecord = (e: Envelope): LogRecord => {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: e.id,
    ce_type: e.type,
    ce_source: e.source,
    ce_time: e.time,
    'content-type': 'application/json',
    kind: e.kind,
    version: String(e.version),
    commit: `${e.index}/${e.count}`,
    prev: e.prev,
    commandid: e.commandId,
    fingerprint: e.fingerprint,
    correlationid: e.correlationId,
    causationid: e.causationId,
    actor: e.actor,
  };
  if (e.owner) headers['owner'] = e.owner;
  if (e.traceparent) headers['traceparent'] = e.traceparent;
  return { key: e.key, value: e.value, headers };
};

/** The envelope that a record carries, or undefined for a foreign or mangled one: such a record never counts. */
export const toEnvelope = ({ key, value, headers: h }: LogRecord): Envelope | undefined => {
  if (!isOurs(h) || !isKind(h.kind) || !VERSION.test(h.version)) return undefined;
  const commit = COMMIT.exec(h.commit);
  const index = Number(commit?.[1]);
  const count = Number(commit?.[2]);
  if (!(index <= count)) return undefined;
  return {
    kind: h.kind,
    key,
    value,
    id: h.ce_id,
    type: h.ce_type,
    source: h.ce_source,
    time: h.ce_time,
    version: Number(h.version),
    index,
    count,
    prev: h.prev,
    commandId: h.commandid,
    fingerprint: h.fingerprint,
    correlationId: h.correlationid,
    causationId: h.causationid,
    actor: h.actor,
    owner: h.owner,
    traceparent: h.traceparent,
  };
};

const isOurs = (headers: LogRecord['headers']): headers is Headers =>
  REQUIRED.every((name) => typeof headers[name] === 'string');

const isKind = (text: string): text is RecordKind => KINDS.has(text);

/**
 * SHA-256 over the fields in fixed order, each behind its length in UTF-8 bytes, so that no two records with different
 * fields have the same bytes under the hash.
 */
export const hashOf = (platform: Platform, e: Envelope): string => {
  const fields = [
    e.prev,
    e.key,
    e.value,
    e.id,
    e.type,
    e.source,
    e.time,
    e.kind,
    String(e.version),
    `${e.index}/${e.count}`,
    e.commandId,
    e.fingerprint,
    e.correlationId,
    e.causationId,
    e.actor,
  ];
  // Where all of it is ASCII, which is the rule, each field has as many bytes as characters: one look instead of fifteen.
  const framed = framedBy((field) => field.length, fields);
  const isAscii = platform.byteLength(framed) === framed.length;
  return platform.sha256(isAscii ? framed : framedBy((field) => platform.byteLength(field), fields));
};

const framedBy = (lengthOf: (field: string) => number, fields: readonly string[]): string => {
  let framed = '';
  for (const field of fields) framed += `${lengthOf(field)}:${field}`;
  return framed;
};

/** Bytes that a record takes in a batch, headers and framing included; never less than what Kafka's format needs. */
export const recordBytes = (platform: Pick<Platform, 'byteLength'>, record: LogRecord): number => {
  const { key, value, headers } = record;
  let text = key + value;
  let framing = 32;
  for (const name in headers) {
    text += headers[name] ?? '';
    framing += 6 + name.length;
  }
  return framing + platform.byteLength(text);
};
