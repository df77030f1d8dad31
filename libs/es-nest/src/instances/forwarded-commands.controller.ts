import type { CommandMetadata, DomainCommand, Wish } from '@ledgerline/es-core';
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  HttpCode,
  Injectable,
  NotFoundException,
  Post,
  UseGuards,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { OwnEventStore } from '../store/own-event-store.js';
import { FORWARD_PATH, TOKEN_HEADER } from './forward-path.js';
import { answerOf, type ForwardedAnswer } from './forwarded-answer.js';
import { ServiceInstances } from './service-instances.js';

const command = z.object({
  handover: z.string(),
  category: z.string(),
  id: z.string(),
  command: z.custom<Wish<DomainCommand>>((value) => typeof value === 'object' && value !== null && 'type' in value),
  metadata: z.custom<CommandMetadata & { readonly commandId: string }>(
    (value) => typeof value === 'object' && value !== null && 'commandId' in value,
  ),
});
/** Written by this very code; whose word it is was checked before. */
const forwarded = z.array(z.union([command, z.object({ catchUp: z.int() })]));

/** Only instances of this service know this one's word. To everybody else there is no such route. */
@Injectable()
export class InstanceGuard implements CanActivate {
  constructor(private readonly instances: ServiceInstances) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers, method, url } = context.switchToHttp().getRequest<FastifyRequest>();
    const token = headers[TOKEN_HEADER];
    if (typeof token === 'string' && this.instances.knows(token)) return true;
    throw new NotFoundException(`Cannot ${method} ${url}`);
  }
}

/** Takes commands that other instances hand over, and decides them here, whoever is the preferred writer by now. */
@Controller(FORWARD_PATH)
@ApiExcludeController()
export class ForwardedCommandsController {
  constructor(private readonly store: OwnEventStore) {}

  @Post()
  @HttpCode(200)
  @UseGuards(InstanceGuard)
  take(@Body({ schema: forwarded }) all: z.output<typeof forwarded>): Promise<readonly ForwardedAnswer[]> {
    this.store.requireOpen();
    // All are begun before any is waited for: this keeps their order.
    return Promise.all(
      all.map((one) => answerOf('catchUp' in one ? this.store.catchUp(one.catchUp) : this.store.decideHere(one))),
    );
  }
}
