import { Controller, Inject, type Type } from '@nestjs/common';
import { Ctx, KafkaContext, MessagePattern } from '@nestjs/microservices';
import { type Log } from '../../logging/log.js';
import { LOG } from '../../service-tokens.js';
import { OwnEventStore } from '../../store/own-event-store.js';
import { PublicCommands } from '../public-commands.js';
import { answerCommandMessage, type CommandReply } from './answer-command-message.js';

/** Takes the service's public commands from the topic. A pattern is part of a class, so each topic has one. */
export const commandsFrom = (topic: string): Type => {
  @Controller()
  class CommandsFromTopic {
    constructor(
      private readonly store: OwnEventStore,
      private readonly commands: PublicCommands,
      @Inject(LOG) private readonly log: Log,
    ) {}

    @MessagePattern(topic)
    take(@Ctx() context: KafkaContext): Promise<CommandReply> {
      return answerCommandMessage(context, { commands: this.commands, store: this.store, log: this.log });
    }
  }
  return CommandsFromTopic;
};
