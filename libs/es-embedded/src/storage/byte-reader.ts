import { Unreadable } from '@ledgerline/es-core';

/** Reads what a `ByteWriter` wrote. Damaged bytes end in `Unreadable`, never in an endless loop or in wrong lengths. */
export class ByteReader {
  #at = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly what: string,
  ) {}

  get done(): boolean {
    return this.#at >= this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.#at];
    if (value === undefined) throw new Unreadable(this.what, { at: this.#at });
    this.#at += 1;
    return value;
  }

  varint(): number {
    let value = this.byte();
    if (value < 0x80) return value;
    value &= 0x7f;
    for (let shift = 7; shift < 35; shift += 7) {
      const next = this.byte();
      value |= (next & 0x7f) << shift;
      if (next < 0x80) return value >>> 0;
    }
    throw new Unreadable(this.what, { at: this.#at });
  }

  text(): string {
    const length = this.varint();
    const ascii = this.byte() === 1;
    const from = this.#at;
    if (from + length > this.bytes.length) throw new Unreadable(this.what, { at: from });
    this.#at = from + length;
    return this.bytes.toString(ascii ? 'latin1' : 'utf8', from, this.#at);
  }
}
