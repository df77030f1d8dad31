/** Cuts a stream of bytes into Kafka's frames: four bytes of length, then as many bytes. Answers whole frames, length included. */
export class FrameCutter {
  #rest = Buffer.alloc(0);

  take(bytes: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const frames: Buffer[] = [];
    while (this.#rest.length >= 4 && this.#rest.length >= 4 + this.#rest.readInt32BE(0)) {
      const end = 4 + this.#rest.readInt32BE(0);
      frames.push(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end);
    }
    return frames;
  }
}

/** Requests say what they are; a response says only which request it answers. */
export const requestHead = (frame: Buffer): { readonly apiKey: number; readonly correlationId: number } => ({
  apiKey: frame.readInt16BE(4),
  correlationId: frame.readInt32BE(8),
});

export const correlationIdOf = (response: Buffer): number => response.readInt32BE(4);
