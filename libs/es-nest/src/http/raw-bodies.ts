import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { FORWARD_TYPE } from '../instances/forward-path.js';

export const NDJSON = 'application/x-ndjson';
export const NDJSON_TYPES = [NDJSON, 'application/ndjson'];

/** As far as this is about Fastify. */
interface Parsers {
  hasContentTypeParser(type: string): boolean;
  addContentTypeParser(
    type: string,
    parser: (request: unknown, payload: unknown, done: (error: null, body: unknown) => void) => void,
  ): void;
}

/** Bodies of the library's own media types come to their routes as streams: Express leaves them alone, and Fastify refuses what it has no parser for. */
@Injectable()
export class RawBodies implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const adapter = (this.host as Partial<HttpAdapterHost>).httpAdapter;
    if (adapter?.getType() !== 'fastify') return;
    const fastify = adapter.getInstance<Parsers>();
    for (const type of [...NDJSON_TYPES, FORWARD_TYPE].filter((one) => !fastify.hasContentTypeParser(one)))
      fastify.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
  }
}
