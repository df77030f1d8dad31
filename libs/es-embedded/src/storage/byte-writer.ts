/** Collects bytes in one buffer that is used again and again. Not for concurrent use. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #length = 0;

  begin(): void {
    this.#length = 0;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  /** A whole number from 0 to 2^32 - 1 in one to five bytes. */
  varint(value: number): void {
    this.#reserve(5);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length] = (rest & 0x7f) | 0x80;
      this.#length += 1;
      rest >>>= 7;
    }
    this.#bytes[this.#length] = rest;
    this.#length += 1;
  }

  /** Text behind its length in bytes; nearly all of it is ASCII, which is read back three times as fast as UTF-8. */
  text(value: string): void {
    const bytes = Buffer.byteLength(value);
    const ascii = bytes === value.length;
    this.varint(bytes);
    this.byte(ascii ? 1 : 0);
    this.#reserve(bytes);
    this.#length += this.#bytes.write(value, this.#length, ascii ? 'latin1' : 'utf8');
  }

  /** A copy of what was written since `begin`. */
  end(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + bytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
