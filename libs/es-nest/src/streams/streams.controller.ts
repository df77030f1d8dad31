import { idOf } from '@ledgerline/es-core';
import { categoryOf, isId } from '@ledgerline/es-core/runtime';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { z } from 'zod';
import { viewHeaders } from '../http/answers.js';
import { NotFound } from '../http/rejected.error.js';
import type { AnyReply } from '../http/reply.js';
import { upToDate } from '../http/up-to-date.js';
import { ApiStateRoute } from '../openapi/api-read-route.js';
import { ServiceEventStore } from '../store/service-event-store.js';
import { trailOf, trailPage, type TrailPage, trailQuery, type TrailQuery } from './audit-trail.js';

const streamRule = 'must be the name of a stream, such as parcel-536365';
const streamParam = z
  .string()
  .refine((stream) => categoryOf(stream) !== '' && isId(idOf(stream)), { error: streamRule });

@Controller('streams')
export class StreamsController {
  constructor(private readonly store: ServiceEventStore) {}

  @Get(':stream/events')
  @ApiStateRoute({ summary: 'The audit trail of one stream', answers: { 200: trailPage }, problems: [404] })
  async trail(
    @Param('stream', { schema: streamParam }) stream: string,
    @Query({ schema: trailQuery }) query: TrailQuery,
    @Res({ passthrough: true }) reply: AnyReply,
  ): Promise<TrailPage> {
    await upToDate(this.store, stream, reply);
    const version = this.store.version(stream);
    if (version === 0) throw new NotFound('stream-not-found', `this service has no stream ${stream}`);
    viewHeaders(reply, this.store, stream, version);
    return trailOf(this.store, stream, query);
  }
}
