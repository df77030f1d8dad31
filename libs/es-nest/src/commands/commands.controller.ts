import type { Readable } from 'node:stream';
import { Controller, HttpCode, Inject, Post, Req, Res, type StreamableFile } from '@nestjs/common';
import { NDJSON } from '../http/raw-bodies.js';
import type { AnyReply, AnyRequest } from '../http/reply.js';
import { type Log } from '../logging/log.js';
import { ApiRoute } from '../openapi/api-route.js';
import { LOG } from '../tokens.js';
import { ServiceEventStore } from '../store/service-event-store.js';
import { CommandBodies, COMMANDS_PATH } from './command-bodies.js';
import { commandEnvelope } from './command-line.js';
import { PublicCommands } from './public-commands.js';
import { answerCommandLines } from './run-command-lines.js';
import { verdictLine } from './verdict-line.js';

@Controller(COMMANDS_PATH)
export class CommandsController {
  constructor(
    private readonly store: ServiceEventStore,
    private readonly commands: PublicCommands,
    private readonly bodies: CommandBodies,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiRoute({
    summary: 'Runs many commands, one a line `{ id, type, stream, data }`',
    description:
      'In order per stream, not atomic. Answers one verdict a line, in the order of the commands. A command is accepted when its ' +
      'events are recorded; what follows from them is not waited for.',
    ...{ answers: { 200: verdictLine }, produces: NDJSON, problems: [400, 413, 415] },
    consumes: { type: NDJSON, schema: commandEnvelope },
  })
  async run(
    @Req() request: AnyRequest,
    @Res({ passthrough: true }) reply: AnyReply,
  ): Promise<Readable | StreamableFile> {
    this.store.requireOpen();
    const { commands, log } = this;
    return answerCommandLines(await this.bodies.take(request, reply), { reply, commands, log });
  }
}
