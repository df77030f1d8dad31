import { EsError } from '@ledgerline/es-core';
import { isId } from '@ledgerline/es-core/runtime';
import type { KafkaContext } from '@nestjs/microservices';
import { type Problem, problem, problemOf } from '../../http/problem.js';
import { conversationMetadata } from '../../http/request-metadata.js';
import { requireExact } from '../../json/require-exact.js';
import { factsOf, type Log } from '../../logging/log.js';
import type { ServiceEventStore } from '../../store/service-event-store.js';
import { commandLine, idIn, jsonOf } from '../command-line.js';
import { handleCommandLine } from '../handle-command-line.js';
import type { KnownCommands } from '../public-commands.js';
import type { VerdictLine } from '../verdict-line.js';
import { type CommandMessage, commandMessage, requireKey, valueIn } from './command-message.js';

/** A verdict as from `POST /commands`; a problem where the message holds no command that could be decided. */
export type CommandReply = VerdictLine | (Problem & { readonly id: string | null });

export interface CommandsOfService {
  readonly commands: KnownCommands;
  readonly store: ServiceEventStore;
  readonly log: Log;
}

/**
 * Answers a command that came over Kafka: the handler of an `@MessagePattern`. A message that nobody waits for is never given
 * up for a trouble that is not its own. @throws EsError, for those: the message has to be delivered again
 */
export const answerCommandMessage = async (
  context: KafkaContext,
  { commands, store, log }: CommandsOfService,
): Promise<CommandReply> => {
  const message = commandMessage(context);
  let id: string | null = null;
  try {
    const json = valueIn(message);
    const value = jsonOf(json, 'the value');
    id = idIn(value);
    requireExact(json);
    return told(await verdictOn(message, value, commands), message, log);
  } catch (error) {
    if (!message.isAsked && isOfTheService(error, store)) throw error;
    return refusal(id, error, { message, log });
  }
};

/** Kafka delivers again whatever it is not certain of, so a verdict that was given must be the one that is given again. */
const verdictOn = (message: CommandMessage, value: unknown, commands: KnownCommands): Promise<VerdictLine> => {
  const line = commandLine(value, commands, 'the value');
  requireKey(message, line.stream);
  const remember = { unless: [...commands.retriable] };
  return handleCommandLine(line, { ...conversationMetadata(message.headers), remember });
};

const isOfTheService = (error: unknown, { failure }: ServiceEventStore): boolean =>
  error instanceof EsError && (error.retriable || failure !== undefined);

/** Where nobody waits for the verdict, the log is the only place that tells of a rejection. */
const told = (verdict: VerdictLine, { isAsked, place }: CommandMessage, log: Log): VerdictLine => {
  const { id, status, code } = verdict;
  if (!isAsked && status === 'rejected') log.warn('command-rejected', { ...place, id, code });
  return verdict;
};

const refusal = (
  id: string | null,
  error: unknown,
  { message, log }: { readonly message: CommandMessage; readonly log: Log },
): CommandReply => {
  const known = problemOf(error);
  const named = id !== null && isId(id) ? id : null;
  // What is wrong with a command may quote it, so of that the log has the code alone.
  if (known) log.warn('command-refused', { ...message.place, id: named, code: known.code });
  else log.error('command-failed', { ...message.place, id: named, ...factsOf(error) });
  const answer = known ?? problem(500, 'internal-error', 'something went wrong on our side; it was logged');
  return { id: named, ...answer };
};
