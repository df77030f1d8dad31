import { EsError } from '../errors.js';

/** What an aggregate's `deadlines` answered of an event is no time. */
export class DeadlineInvalid extends EsError {
  constructor(command: string, event: string, time: unknown) {
    super(
      'deadline-invalid',
      `the deadline of ${command} is ${JSON.stringify(time)} by ${event}; it must be a time with its zone, as 2026-01-01T12:00:00.000Z`,
      false,
      { command, event },
    );
  }
}
