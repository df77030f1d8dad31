import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ZSTDDecoder } from 'zstddec';
import { unpackLz4 } from './lz4.js';
import { unpackSnappy } from './snappy.js';

type Unpack = (bytes: Buffer, most: number) => Buffer | Promise<Buffer>;

const gunzipped = promisify(gunzip);
const zstandard = new ZSTDDecoder();

const unpackGzip: Unpack = async (bytes, most) => {
  try {
    return await gunzipped(bytes, { maxOutputLength: most });
  } catch (cause) {
    throw new RangeError('it is not gzip, or unpacks to too much', { cause });
  }
};

/** Answers nothing where it does not fit, or is no Zstandard. */
const unpackZstandard: Unpack = async (bytes, most) => {
  await zstandard.init();
  const { buffer, byteOffset, length } = zstandard.decode(bytes, most);
  return Buffer.from(buffer, byteOffset, length);
};

/** As the attributes of a batch say it. */
const CODECS: readonly (Unpack | undefined)[] = [
  (bytes) => bytes,
  unpackGzip,
  unpackSnappy,
  unpackLz4,
  unpackZstandard,
];

/**
 * What a batch's records are packed into, unpacked to at most `most` bytes.
 * @throws RangeError where that is not to be had
 */
export const unpack = async (compression: number, bytes: Buffer, most: number): Promise<Buffer> => {
  const codec = CODECS[compression];
  if (!codec) throw new RangeError(`compression ${compression} is not known`);
  return await codec(bytes, most);
};
