import type { CommandMetadata } from '@ledgerline/es-core';
import {
  accepted,
  type AggregateOf,
  ApiRoute,
  ApiStateRoute,
  type AsOfQuery,
  asOfQuery,
  derivedId,
  idParam,
  InjectAggregate,
  Meta,
  ServiceEventStore,
  stateAsOf,
  written,
  type Written,
  writtenAnswer,
} from '@ledgerline/es-nest';
import { idField } from '@ledgerline/events';
import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { returnViewSchema } from '../views.js';
import { goodsReturn } from './return.aggregate.js';
import { ReturnRegistration } from './return-registration.js';
import { type ReturnView, returnView } from './return.view.js';

const newReturn = goodsReturn.commands.RegisterReturn.extend({ returnId: idField.optional() });

@Controller('returns')
export class ReturnController {
  constructor(
    @InjectAggregate(goodsReturn) private readonly returns: AggregateOf<typeof goodsReturn>,
    private readonly registration: ReturnRegistration,
    private readonly store: ServiceEventStore,
  ) {}

  @Post()
  @ApiRoute({
    ...{ summary: 'Registers goods that came back', command: true, answers: { 201: written } },
    description: 'They are refunded. All that come back of one order are together worth no more than it.',
    problems: [400, 404, 409, 412, 413, 415, 422],
  })
  async register(
    @Body({ schema: newReturn }) { returnId: given, ...goods }: z.output<typeof newReturn>,
    @Meta() metadata: CommandMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    const { platform } = this.store;
    const commandId = metadata.commandId ?? platform.randomId();
    const returnId = given ?? derivedId(platform, 'return', commandId);
    const command = { type: 'RegisterReturn', ...goods } as const;
    const answer = accepted(await this.registration.register(returnId, command, { ...metadata, commandId }));
    void reply.header('Location', `/returns/${returnId}`);
    return writtenAnswer(reply, answer);
  }

  @Get(':id')
  @ApiStateRoute({ summary: 'A return, now or as it was', answers: { 200: returnViewSchema }, problems: [404] })
  async registered(
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: asOfQuery }) then: AsOfQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReturnView> {
    const view = returnView(await stateAsOf({ aggregate: this.returns, id, then, reply }, this.store));
    if (!view) throw new Error(`return ${id} has events and is absent`);
    return view;
  }
}
