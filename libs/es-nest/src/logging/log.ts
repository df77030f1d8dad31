import { EsError } from '@ledgerline/es-core';
import { pino } from 'pino';

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogFacts = Readonly<Record<string, unknown>>;

/** A structured log: events with their facts, not prose. Never payloads, never secrets. */
export interface Log {
  debug(event: string, facts?: LogFacts): void;
  info(event: string, facts?: LogFacts): void;
  warn(event: string, facts?: LogFacts): void;
  error(event: string, facts?: LogFacts): void;
}

/** One JSON object a line on standard output, from `level` on. */
export const serviceLog = (service: string, level: (typeof LEVELS)[number]): Log => {
  const logger = pino({
    ...{ base: { service }, level, messageKey: 'event', timestamp: pino.stdTimeFunctions.isoTime },
    formatters: { level: (label) => ({ level: label }) },
  });
  return {
    debug: (event, facts = {}) => logger.debug(facts, event),
    info: (event, facts = {}) => logger.info(facts, event),
    warn: (event, facts = {}) => logger.warn(facts, event),
    error: (event, facts = {}) => logger.error(facts, event),
  };
};

/** A log that can be told to say nothing more: what rehearses says what it found, and nothing else. */
export class MutableLog implements Log {
  #isMuted = false;

  constructor(private readonly log: Log) {}

  mute(): void {
    this.#isMuted = true;
  }

  readonly debug = this.#line('debug');
  readonly info = this.#line('info');
  readonly warn = this.#line('warn');
  readonly error = this.#line('error');

  #line(level: keyof Log): Log['info'] {
    return (event, facts) => {
      if (!this.#isMuted) this.log[level](event, facts);
    };
  }
}

/** What a log says of an error: code and facts of what is expected, the stack of what is not. */
export const factsOf = (error: unknown): LogFacts => {
  if (error instanceof EsError)
    return { code: error.code, reason: error.message, retriable: error.retriable, ...error.facts, ...causeOf(error) };
  return error instanceof Error ? { reason: error.message, stack: error.stack } : { reason: String(error) };
};

const causeOf = ({ cause }: Error): LogFacts =>
  cause === undefined ? {} : { cause: cause instanceof Error ? cause.message : String(cause) };
