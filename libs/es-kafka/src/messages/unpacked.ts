const FIRST_BYTES = 64 * 1024;

/** Grows with what is unpacked into it, up to `most` bytes. */
export class Unpacked {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  constructor(private readonly most: number) {}

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** @throws RangeError when that is more than may be */
  append(bytes: Uint8Array): void {
    const at = this.#grownBy(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Repeats what lies so far back; where that is less than `length`, over and over. @throws RangeError */
  repeat(distance: number, length: number): void {
    if (distance <= 0 || distance > this.#length) throw new RangeError('it repeats what was not there');
    const at = this.#grownBy(length);
    if (distance >= length) this.#bytes.copyWithin(at, at - distance, at - distance + length);
    else for (let i = at; i < at + length; i += 1) this.#bytes[i] = this.#bytes[i - distance] as number;
  }

  /** Where the new bytes begin. */
  #grownBy(length: number): number {
    const at = this.#length;
    this.#length += length;
    if (this.#length > this.most) throw new RangeError(`it unpacks to more than ${this.most} bytes`);
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.min(this.most, Math.max(this.#length, 2 * this.#bytes.length)));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    return at;
  }
}

/** The byte at this place. @throws RangeError behind the end */
export const byteAt = (bytes: Uint8Array, at: number): number => {
  const byte = bytes[at];
  if (byte === undefined) throw new RangeError('it ends too early');
  return byte;
};

/** Those bytes. @throws RangeError where there are not so many */
export const bytesAt = (bytes: Uint8Array, at: number, length: number): Uint8Array => {
  if (at + length > bytes.length) throw new RangeError('it ends too early');
  return bytes.subarray(at, at + length);
};

/** A whole number of so many bytes, the low ones first. @throws RangeError behind the end */
export const numberAt = (bytes: Uint8Array, at: number, length: number): number => {
  let value = 0;
  for (let i = length - 1; i >= 0; i -= 1) value = value * 256 + byteAt(bytes, at + i);
  return value;
};
