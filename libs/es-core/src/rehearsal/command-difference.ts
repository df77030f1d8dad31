import { mayHaveRecorded, type PlainAggregate, type PlainCommand } from '../aggregate/decider-of.js';
import type { DomainEvent } from '../aggregate/decision.js';
import { fingerprintOf, inFixedOrder } from '../fingerprint.js';
import type { Platform } from '../platform.js';
import type { RawEvent } from '../stream-index/stream-index.port.js';
import type { RecordedCommand } from './recorded-commands.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * How a command that is sent now differs from the recorded one, in words; undefined where it does not. Commands are not stored: which
 * fields are others can be said where the recorded one can be told from its events.
 */
export const commandDifference = (
  { first, fingerprint, outcome }: RecordedCommand,
  now: PlainCommand,
  { aggregate, platform }: { readonly aggregate: PlainAggregate | undefined; readonly platform: Platform },
): string | undefined => {
  if (fingerprintOf(platform, now) === fingerprint) return undefined;
  const events = outcome.status === 'accepted' ? outcome.events : [];
  const guesses = events.length > 0 ? (aggregate ? guessesIn(aggregate, events) : []) : [{ type: first.type }];
  const then = guesses.find((one) => fingerprintOf(platform, one) === fingerprint);
  return then ? `with other data: ${differingFields({ ...then }, { ...now }).join(', ')}` : 'in other words';
};

const guessesIn = (aggregate: PlainAggregate, events: readonly RawEvent[]): readonly PlainCommand[] => {
  const [raw] = events;
  try {
    const today = aggregate.catalogue
      .decode(events)
      .flatMap((one): readonly DomainEvent[] => (typeof one === 'string' ? [] : one));
    return raw ? mayHaveRecorded(aggregate, raw.stream, today) : [];
  } catch {
    return []; // What cannot be read is a finding of its own.
  }
};

const differingFields = (then: Fields, now: Fields): readonly string[] =>
  [...new Set([...Object.keys(then), ...Object.keys(now)])].filter(
    (field) => inFixedOrder({ field: then[field] }) !== inFixedOrder({ field: now[field] }),
  );
