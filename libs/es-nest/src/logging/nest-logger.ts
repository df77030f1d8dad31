import { Logger } from '@nestjs/common';
import type { Log, LogFacts } from './log.js';

/** Nest's own logger, which an application may have replaced, as the log of event sourcing: a line for each event, which Nest would spread over many. */
export const nestLogger = (logger = new Logger('EventSourcing')): Log => {
  const line = (event: string, facts?: LogFacts): string => (facts ? `${event} ${JSON.stringify(facts)}` : event);
  return {
    debug: (event, facts) => logger.debug(line(event, facts)),
    info: (event, facts) => logger.log(line(event, facts)),
    warn: (event, facts) => logger.warn(line(event, facts)),
    error: (event, facts) => logger.error(line(event, facts)),
  };
};
