import { Transform, type TransformCallback } from 'node:stream';
import { EsError } from '@ledgerline/es-core';
import type { FastifyInstance } from 'fastify';

const MEGABYTE = 1024 * 1024;

/** Of all requests together, from their first byte until they are answered. */
export const MOST_BODY_BYTES = 32 * MEGABYTE;
/** So much of each body does not count: whoever sends large ones keeps nobody from sending a command. */
const FREE_BYTES = 8 * 1024;
/** What a piece of a body takes beside its bytes; somebody may send them one by one. */
const PIECE_BYTES = 128;

/** There is no room for a request. What is left of its body is thrown away, so that its sender gets the answer. */
export class TooMuchAtOnce extends EsError {
  constructor() {
    super('overloaded', 'too much is being sent at once; send it again a little later', true);
  }
}

/** How many bytes of requests are in memory, and how many may be. */
export class BodiesUnderWay {
  #bytes = 0;

  constructor(private readonly most = MOST_BODY_BYTES) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** False when there is no room for them: then they do not count. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.most) return false;
    this.#bytes += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** A body on its way through. It ends with TooMuchAtOnce where there is no room for it. */
class CountedBody extends Transform {
  #received = 0;
  #taken = 0;
  #released = false;

  constructor(private readonly bodies: BodiesUnderWay) {
    super();
  }

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#takes(piece)) done(null, piece);
    else done(new TooMuchAtOnce());
  }

  /** Its bytes are not in memory any more. */
  release(): void {
    this.#released = true;
    this.bodies.giveBack(this.#taken);
    this.#taken = 0;
  }

  #takes({ length }: Buffer): boolean {
    this.#received += length + PIECE_BYTES;
    const due = this.#received - FREE_BYTES - this.#taken;
    if (this.#released || due <= 0) return true;
    if (!this.bodies.take(due)) return false;
    this.#taken += due;
    return true;
  }
}

/** Bounds what the bodies of all requests together take, whatever route they are for. Small ones always pass. */
export const boundBodies = (fastify: Pick<FastifyInstance, 'addHook'>, bodies = new BodiesUnderWay()): void => {
  fastify.addHook('preParsing', (request, reply, payload, done) => {
    if (Number(request.headers['content-length'] ?? Infinity) <= FREE_BYTES) return done(null, payload);
    const body = new CountedBody(bodies);
    payload.once('error', (error) => body.destroy(error));
    body.once('error', () => undefined); // Whoever reads it is told; nobody does where the request was refused before.
    reply.raw.once('close', () => {
      body.release();
      // What was not read is thrown away, so that the connection can be used again.
      payload.unpipe(body).resume();
    });
    done(null, payload.pipe(body));
  });
};
