import type { Wish } from '../aggregate.js';
import type { DomainCommand, DomainEvent } from '../decider.js';
import { fingerprintOf, inFixedOrder } from '../fingerprint.js';
import type { Platform } from '../platform.js';
import type { RecordedCommand } from './recorded-commands.js';
import type { AnyAggregate } from './rehearsed-aggregate.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * How a command that is sent now differs from the recorded one, in words; undefined where it does not. Commands are not stored: which
 * fields are others can be said where the recorded one can be told from its events.
 */
export const commandDifference = (
  { first, fingerprint, outcome }: RecordedCommand,
  now: Wish<DomainCommand>,
  { aggregate, platform }: { readonly aggregate: AnyAggregate | undefined; readonly platform: Platform },
): string | undefined => {
  if (fingerprintOf(platform, now) === fingerprint) return undefined;
  const events = outcome.status === 'accepted' ? outcome.events : [];
  const guesses = events.length > 0 ? (aggregate ? guessesIn(aggregate, events) : []) : [{ type: first.type }];
  const then = guesses.find((one) => fingerprintOf(platform, one) === fingerprint);
  return then ? `with other data: ${differingFields(then, now).join(', ')}` : 'in other words';
};

const guessesIn = (
  { catalogue, commandsOf }: AnyAggregate,
  events: Parameters<AnyAggregate['catalogue']['decode']>[0],
): readonly Wish<DomainCommand>[] => {
  try {
    const today = catalogue
      .decode(events)
      .flatMap((one): readonly DomainEvent[] => (typeof one === 'string' ? [] : one));
    return commandsOf(today);
  } catch {
    return []; // What cannot be read is a finding of its own.
  }
};

const differingFields = (then: Fields, now: Fields): readonly string[] =>
  [...new Set([...Object.keys(then), ...Object.keys(now)])].filter(
    (field) => inFixedOrder({ field: then[field] }) !== inFixedOrder({ field: now[field] }),
  );
