import type { CommandMetadata } from '@ledgerline/es-core';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { noQuery } from '../../http/fields.js';
import { NotFound } from '../../http/rejected.error.js';
import { Meta } from '../../http/request-metadata.js';
import { ApiRoute } from '../../openapi/api-route.js';
import {
  discardBody,
  parkedIdIn,
  parkedReactions,
  parkedReactionsQuery,
  retriedReaction,
} from './parked-reaction.view.js';
import { ParkedReactionsDesk } from './parked-reactions-desk.js';

type Retried = z.output<typeof retriedReaction>;

@Controller('parked')
export class ParkedReactionsController {
  constructor(private readonly desk: ParkedReactionsDesk) {}

  @Get()
  @ApiRoute({
    summary: 'Streams that a reactor holds, because it could not deal with a message in them',
    answers: { 200: parkedReactions },
    problems: [400],
  })
  list(
    @Query({ schema: parkedReactionsQuery }) query: z.output<typeof parkedReactionsQuery>,
  ): Promise<z.output<typeof parkedReactions>> {
    return this.desk.list(query);
  }

  /** Repeats are harmless. */
  @Post(':id/retry')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Deal with the message again, and with all that was held behind it',
    description: 'An effect whose outcome may be lost is performed then: look outside first.',
    ...{ answers: { 200: retriedReaction }, problems: [404] },
  })
  retry(
    @Param('id') id: string,
    @Query({ schema: noQuery }) _query: object,
    @Meta() metadata: CommandMetadata,
  ): Promise<Retried> {
    return this.desk.ask(id, { type: 'RetryReaction', ...placeIn(id) }, metadata);
  }

  /** Repeats are harmless. */
  @Post(':id/discard')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Never deal with the message, and go on behind it; who and why is recorded',
    ...{ answers: { 200: retriedReaction }, problems: [400, 404] },
  })
  discard(
    @Param('id') id: string,
    @Query({ schema: noQuery }) _query: object,
    @Body({ schema: discardBody }) { reason }: z.output<typeof discardBody>,
    @Meta() metadata: CommandMetadata,
  ): Promise<Retried> {
    return this.desk.ask(id, { type: 'DiscardReaction', ...placeIn(id), reason }, metadata);
  }
}

/** @throws NotFound */
const placeIn = (id: string) => {
  const place = parkedIdIn(id);
  if (!place) throw new NotFound('parked-reaction-not-found', 'no reaction has this id; see GET /parked');
  return place;
};
