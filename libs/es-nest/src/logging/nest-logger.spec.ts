import { describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { nestLogger } from './nest-logger.js';

describe("Nest's logger as the log", () => {
  it('has one line for each event, its facts behind its name', () => {
    const lines: unknown[] = [];
    const logger = Object.assign(new Logger(), { warn: (...line: unknown[]) => lines.push(line) });
    const log = nestLogger(logger);
    log.warn('topic-awaited', { topic: 'parcels.events', retriable: true });
    log.warn('closed-late');
    expect(lines).toEqual([['topic-awaited {"topic":"parcels.events","retriable":true}'], ['closed-late']]);
  });
});
