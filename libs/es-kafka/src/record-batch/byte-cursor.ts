/** Reads on through some bytes. */
export class ByteCursor {
  /** Bytes above 0x7f that varints had since this was set to 0. */
  highBytes = 0;

  constructor(
    readonly bytes: Buffer,
    public at: number,
    readonly end: number,
  ) {}

  /** A whole number in zigzag, from one byte to five. @throws RangeError at the end, and when it is longer. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.at >= this.end) break;
      const byte = this.bytes[this.at] as number;
      this.at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
      this.highBytes += 1;
    }
    throw new RangeError('a number is cut off or too long');
  }

  /** The length of what comes next: -1 for nothing at all. @throws RangeError when there are fewer bytes. */
  length(): number {
    const length = this.varint();
    if (length < -1 || this.at + length > this.end) throw new RangeError('a length is wrong');
    return length;
  }

  /** A whole number in zigzag of up to ten bytes; not exact beyond 2^53. @throws RangeError at the end, and when it is longer. */
  varlong(): number {
    let value = 0;
    for (let i = 0; i < 10 && this.at < this.end; i += 1) {
      const byte = this.bytes[this.at] as number;
      this.at += 1;
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new RangeError('a number is cut off or too long');
  }

  /** What lies there behind its length, as it lies there; null where there is nothing at all. @throws RangeError */
  bytesOrNull(): Buffer | null {
    const length = this.length();
    if (length < 0) return null;
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Steps over a number of up to ten bytes. */
  skipVarlong(): void {
    for (let i = 0; i < 10 && this.at < this.end; i += 1) {
      const byte = this.bytes[this.at] as number;
      this.at += 1;
      if (byte < 0x80) return;
      this.highBytes += 1;
    }
    throw new RangeError('a number is cut off or too long');
  }
}
