import { nodePlatform } from '../node-platform.js';

// The first byte of a key says what lies under it; 0 is the environment's format.
const EVENT = 1;
const RESULT = 2;
const SNAPSHOT = 3;
const READER_STATE = 4;
const NOTE = 5;

const MAX_CHARACTERS = 300;
// Both have a meaning inside a key.
// eslint-disable-next-line no-control-regex
const RESERVED = /[\0\x01]/;

/** The name as a part of a key, which LMDB limits to 1978 bytes: a long or strange one stands under its hash. */
const part = (name: string): string =>
  name.length > MAX_CHARACTERS || RESERVED.test(name) ? `\x01${nodePlatform.sha256(name)}` : name;

const key = (section: number, name: string): Buffer => Buffer.from(String.fromCharCode(section) + name);

export const eventKey = (stream: string, version: number): Buffer => {
  const prefix = key(EVENT, `${part(stream)}\0`);
  const result = Buffer.allocUnsafe(prefix.length + 6);
  prefix.copy(result);
  result.writeUIntBE(Math.min(version, MAX_VERSION), prefix.length, 6);
  return result;
};

/** Higher than any version. */
export const MAX_VERSION = 2 ** 48 - 1;

export const versionOf = (eventKey: Uint8Array): number =>
  Buffer.from(eventKey.buffer, eventKey.byteOffset, eventKey.length).readUIntBE(eventKey.length - 6, 6);

export const resultKey = (stream: string, commandId: string): Buffer =>
  key(RESULT, `${part(stream)}\0${part(commandId)}`);
export const snapshotKey = (stream: string): Buffer => key(SNAPSHOT, part(stream));
export const readerStateKey = (partition: number): Buffer => key(READER_STATE, String(partition));
export const noteKey = (name: string): Buffer => key(NOTE, part(name));
