import { nodePlatform } from '../node-platform.js';

// The first byte of a key says what lies under it; 0 is the environment's format.
const STREAM = 1;
const READER_STATE = 2;
const NOTE = 3;

// All entries of a stream lie together: what one command writes and looks up is then on one page, or few, however many
// streams there are.
const EVENT = '\x01';
const RESULT = '\x02';
const SNAPSHOT = '\x03';

const MAX_CHARACTERS = 300;
// Both have a meaning inside a key.
// eslint-disable-next-line no-control-regex
const RESERVED = /[\0\x01]/;

/** The name as a part of a key, which LMDB limits to 1978 bytes: a long or strange one stands under its hash. */
const part = (name: string): string =>
  name.length > MAX_CHARACTERS || RESERVED.test(name) ? `\x01${nodePlatform.sha256(name)}` : name;

const key = (section: number, name: string): Buffer => Buffer.from(String.fromCharCode(section) + name);

const streamKey = (stream: string, entry: string): Buffer => key(STREAM, `${part(stream)}\0${entry}`);

export const eventKey = (stream: string, version: number): Buffer => {
  const prefix = streamKey(stream, EVENT);
  const result = Buffer.allocUnsafe(prefix.length + 6);
  prefix.copy(result);
  result.writeUIntBE(Math.min(version, MAX_VERSION), prefix.length, 6);
  return result;
};

/** Higher than any version. */
export const MAX_VERSION = 2 ** 48 - 1;

export const versionOf = (eventKey: Uint8Array): number =>
  Buffer.from(eventKey.buffer, eventKey.byteOffset, eventKey.length).readUIntBE(eventKey.length - 6, 6);

export const resultKey = (stream: string, commandId: string): Buffer => streamKey(stream, RESULT + part(commandId));
export const snapshotKey = (stream: string): Buffer => streamKey(stream, SNAPSHOT);
export const readerStateKey = (partition: number): Buffer => key(READER_STATE, String(partition));
export const noteKey = (name: string): Buffer => key(NOTE, part(name));
