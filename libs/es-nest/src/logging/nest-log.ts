import type { LoggerService } from '@nestjs/common';
import type { Log } from './log.js';

/** Nest's own messages in our log; its chatter about routes and modules only when somebody debugs. */
export const nestLog = (log: Log): LoggerService => ({
  log: (message: unknown, ...rest: unknown[]) => log.debug('nest', factsFrom(message, rest)),
  verbose: (message: unknown, ...rest: unknown[]) => log.debug('nest', factsFrom(message, rest)),
  debug: (message: unknown, ...rest: unknown[]) => log.debug('nest', factsFrom(message, rest)),
  warn: (message: unknown, ...rest: unknown[]) => log.warn('nest', factsFrom(message, rest)),
  error: (message: unknown, ...rest: unknown[]) => log.error('nest', factsFrom(message, rest)),
  fatal: (message: unknown, ...rest: unknown[]) => log.error('nest', factsFrom(message, rest)),
});

const factsFrom = (message: unknown, rest: readonly unknown[]) => ({
  message: message instanceof Error ? message.message : String(message),
  ...(message instanceof Error && { stack: message.stack }),
  context: rest.filter((one) => typeof one === 'string').join(' '),
});
