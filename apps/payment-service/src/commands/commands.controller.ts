import type { Readable } from 'node:stream';
import {
  answerCommandLines,
  answerCommandMessage,
  ApiRoute,
  commandEnvelope,
  COMMANDS_PATH,
  type CommandReply,
  LOG,
  type Log,
  NDJSON,
  OwnEventStore,
  publicCommand,
  type PublicCommands,
  publicCommands,
  verdictLine,
} from '@ledgerline/es-nest';
import { PAYMENT, paymentsCommands } from '@ledgerline/events';
import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { Ctx, KafkaContext, MessagePattern } from '@nestjs/microservices';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { processPayment } from '../payment/payment.commands.js';
import { Payments } from '../payment/payments.js';
import { RETRIABLE } from '../payment/retriable.js';

const OF_THE_PROCESS = [
  'RequestPayment',
  'RecordOutcome',
  'CancelPayment',
  'ExpirePayment',
  'RefundPayment',
  'RecordRefund',
];

@Controller(COMMANDS_PATH)
export class CommandsController {
  readonly #commands: PublicCommands;

  constructor(
    private readonly store: OwnEventStore,
    @Inject(LOG) private readonly log: Log,
    payments: Payments,
  ) {
    const byType = {
      ProcessPayment: publicCommand(PAYMENT, processPayment, (id, data, metadata) =>
        payments.handle(id, { type: 'ProcessPayment', ...data }, metadata),
      ),
    };
    this.#commands = publicCommands(byType, { ofTheProcess: OF_THE_PROCESS, retriable: [...RETRIABLE] });
  }

  @Post()
  @HttpCode(200)
  @ApiRoute({
    summary: 'Runs many commands, one a line `{ id, type, stream, data }`',
    description:
      'In order per stream, not atomic. Answers one verdict a line, in the order of the commands. A payment is ' +
      'accepted when its attempt is recorded; the gateway is not waited for.',
    ...{ answers: { 200: verdictLine }, produces: NDJSON, problems: [400, 413, 415] },
    consumes: { type: NDJSON, schema: commandEnvelope },
  })
  run(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Readable {
    this.store.requireOpen();
    return answerCommandLines({ request, reply }, this.#commands, this.log);
  }

  /** The same commands from other services. */
  @MessagePattern(paymentsCommands)
  take(@Ctx() context: KafkaContext): Promise<CommandReply> {
    return answerCommandMessage(context, { commands: this.#commands, store: this.store, log: this.log });
  }
}
