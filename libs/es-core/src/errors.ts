/** Plain values that say what happened: ids, counts, names. Never payloads or secrets. */
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The outside world failed, or refused. `code` is stable and kebab-case; `retriable` says whether the same call may
 * succeed later without anybody changing anything. A broken business rule is not an error but a `Rejection`.
 */
export class EsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly retriable: boolean,
    readonly facts: Facts = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The stream is not at the version that the caller saw. */
export class WrongExpectedVersion extends EsError {
  constructor(
    readonly stream: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super('wrong-expected-version', `${stream} is at version ${actual}, not at ${expected}`, true, {
      stream,
      expected,
      actual,
    });
  }
}

/** The command's id was used before, in the same stream, for a command with other content. */
export class IdempotencyKeyReused extends EsError {
  constructor(stream: string, commandId: string) {
    super('idempotency-key-reused', `command id ${commandId} was used in ${stream} for another command`, false, {
      stream,
      commandId,
    });
  }
}

/** A command that follows from events, the gateway or the clock: nobody sends it from outside. */
export class CommandNotPublic extends EsError {
  constructor(type: string) {
    super('command-not-public', `${type} follows from events; nobody sends it`, false, { type });
  }
}

/** One event is larger than the limit; nothing of its command was recorded. */
export class EventTooLarge extends EsError {
  constructor(stream: string, type: string, bytes: number, limit: number) {
    super('event-too-large', `${type} for ${stream} has ${bytes} bytes; at most ${limit} are allowed`, false, {
      stream,
      type,
      bytes,
      limit,
    });
  }
}

/** A queue is full. Nothing was recorded; the caller may try again. */
export class Overloaded extends EsError {
  /** `bytes` is said where these are too many, all partitions together. */
  constructor(partition: number, waiting: number, bytes?: number) {
    const together = bytes === undefined ? '' : `, and ${bytes} bytes for all partitions`;
    const facts = { partition, waiting, ...(bytes !== undefined && { bytes }) };
    super('overloaded', `${waiting} commands wait for partition ${partition}${together}`, true, facts);
  }
}

/** The writer was closed before the command's outcome was known. Repeating it under the same id is safe. */
export class OutcomeUnknown extends EsError {
  constructor(stream: string, cause?: unknown) {
    super(
      'outcome-unknown',
      `whether the command for ${stream} was recorded is not known; repeat it`,
      true,
      { stream },
      {
        cause,
      },
    );
  }
}

/**
 * The instance that handed the command over did not get an answer in time and decided it itself. The copy that was handed
 * over records nothing any more, whenever it is decided.
 */
export class CommandWithdrawn extends EsError {
  constructor(stream: string, commandId: string) {
    super('command-withdrawn', `command ${commandId} for ${stream} was withdrawn by the instance that sent it`, false, {
      stream,
      commandId,
    });
  }
}

/** The log refused a batch for good (too large, not authorised, invalid). Nothing of it was stored by this call. */
export class AppendRefused extends EsError {
  constructor(reason: string, facts: Facts = {}, options?: { cause?: unknown }) {
    super('append-refused', `the log refused the batch: ${reason}`, false, facts, options);
  }
}

/** The clock is wrong, as far as the log tells. Nothing is recorded until it is right: events would carry the wrong time for ever. */
export class ClockSkewed extends EsError {
  /** `skewMs` is below zero where the clock is behind; `measured` by the log's own clock, or else by what it holds and by the uptime. */
  constructor(skewMs: number, limitMs: number, measured: boolean) {
    const side = skewMs > 0 ? 'ahead of' : 'behind';
    const reference = measured
      ? "the log's"
      : 'the time that has to be, by what the log holds and by how long this process runs';
    super(
      'clock-skewed',
      `the clock of this instance is ${Math.abs(skewMs) / 1_000} s ${side} ${reference}; CLOCK_SKEW_LIMIT_S allows ${limitMs / 1_000} s. Nothing is recorded until it is right: set the clock${measured ? ', or that of the brokers, whichever is wrong' : '; if it is right, docs/how-to/keep-clocks-right.md says what to do'}`,
      true,
      { skewMs, limitMs },
    );
  }
}

/** As `AppendRefused`, because this principal may not append: it may again when it is granted the right. */
export class AppendForbidden extends AppendRefused {}

/** The log could not be reached or did not answer. What was under way may or may not have happened. */
export class LogUnavailable extends EsError {
  constructor(reason: string, facts: Facts = {}, options?: { cause?: unknown }) {
    super('log-unavailable', `the log is not available: ${reason}`, true, facts, options);
  }
}

/** Nobody has made the topic: the service that writes it does so when it starts. */
export class TopicMissing extends LogUnavailable {
  constructor(topic: string, facts: Facts = {}) {
    super('its writer has not made it yet', { topic, ...facts });
  }
}

/** A position lies outside what the log holds. */
export class OffsetOutOfRange extends EsError {
  constructor(topic: string, partition: number, offset: number, bounds: { start: number; end: number }) {
    super(
      'offset-out-of-range',
      `${topic}/${partition} holds offsets ${bounds.start} to ${bounds.end}, not ${offset}`,
      false,
      { topic, partition, offset, ...bounds },
    );
  }
}

/** The log does not hold what was read from it before: truncated, replaced, or restored. Nothing goes on until a person looked. */
export class LogDiverged extends EsError {
  constructor(topic: string, partition: number, what: string, facts: Facts = {}, options?: { cause?: unknown }) {
    super('log-diverged', `${topic}/${partition}: ${what}`, false, { topic, partition, ...facts }, options);
  }
}

/** The log is not provisioned as it has to be; `message` says what differs and what to do. */
export class LogMisconfigured extends EsError {
  constructor(topic: string, problems: readonly string[]) {
    super('log-misconfigured', `${topic}: ${problems.join('; ')}`, false, { topic });
  }
}

/** What is stored does not parse: an event, a snapshot, a document. */
export class Unreadable extends EsError {
  constructor(what: string, facts: Facts = {}, options?: { cause?: unknown }) {
    super('unreadable', `${what} cannot be read`, false, facts, options);
  }
}

/** A command or an event holds what JSON does not carry: it would be recorded as something else, or not at all. A bug of ours. */
export class NotJson extends EsError {
  constructor(path: readonly (string | number)[], found: string) {
    const place = placeIn(path);
    const message = `${place} is ${found}, which JSON does not carry: give it as text, a number, or leave it out`;
    super('not-json', message, false, { place });
  }
}

/** As it is written in code; what lies deeper than a person looks is left out. */
const placeIn = (path: readonly (string | number)[]): string =>
  ['content', ...path.slice(0, 20)]
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);

/** The decider recorded what the catalogue does not record: a bug of ours, or an event type that is only read any more. */
export class Unrecordable extends EsError {
  constructor(type: string, meaning?: string) {
    const why = meaning === undefined ? 'is not in the catalogue' : `is only read any more (${meaning})`;
    super('unrecordable', `${type} cannot be recorded: it ${why}`, false, { type });
  }
}

/**
 * An event that only newer code can read is in the way: of a decision, or of reading on. During a rolling deploy the same
 * call may reach an instance that can read it, and succeeds for certain once this one has been replaced.
 */
export class NewerEvent extends EsError {
  constructor(stream: string, type: string) {
    super('newer-event', `${stream} holds ${type}, which only a newer version of this service can read`, true, {
      stream,
      type,
    });
  }
}

/**
 * A decision would be recorded without one of its fields, which the event's schema here does not have: the command came from a newer
 * release, which can record all of it, or the decider says more than its event's schema does (a bug of ours).
 */
export class NewerCommand extends EsError {
  constructor(type: string, field: string) {
    super(
      'newer-command',
      `${type} would be recorded without ${field}, which its schema in this version of the service does not have`,
      true,
      { type, field },
    );
  }
}

/** A document of a read model holds what not every store would give back as it is. Nothing was written. */
export class DocumentRefused extends EsError {
  constructor(id: string, field: string, rule: string) {
    const part = field === '' ? '' : `${field} in `;
    super('document-refused', `${part}the document ${id} ${rule}`, false, { id, field });
  }
}

/** A read model's collection was made before and is not there any more: somebody dropped it. It has to be made from the log again. */
export class CollectionLost extends EsError {
  constructor(collection: string, options?: { cause?: unknown }) {
    super('collection-lost', `the collection ${collection} is not there any more`, false, { collection }, options);
  }
}

/** The store of the read models could not be reached, or did not do what it was asked. What was under way may or may not have happened. */
export class ReadModelsUnavailable extends EsError {
  constructor(reason: string, facts: Facts = {}, options?: { cause?: unknown }) {
    super('read-models-unavailable', `the read models are not available: ${reason}`, true, facts, options);
  }
}

/** The store of the read models refused for good; somebody has to change something. */
export class ReadModelsRefused extends EsError {
  constructor(reason: string, facts: Facts = {}, options?: { cause?: unknown }) {
    super('read-models-refused', `the store of the read models refuses: ${reason}`, false, facts, options);
  }
}
