import type { DomainEvent } from '../aggregate/decision.js';
import { Unreadable } from '../errors.js';
import type { KnownNames, MergedPart } from './known-names.js';
import { orUnreadable, upcast } from './upcast.js';
import type { PastEvent, SplitType } from './past-type.js';
import { storedName } from './stored-name.js';

/** Of what only a newer writer knows; see `Today`. */
export type Unread = 'unknown-type' | 'unknown-version';

/**
 * What a stored event is today: one event, several in their order, or none. `unknown-type`: nothing here has this name. It
 * is a newer writer's, or one that this reader leaves out. `unknown-version`: the name is known, and what a newer writer
 * stored under it lacks something that this code needs.
 */
export type Today<E extends DomainEvent> = readonly E[] | Unread;

/** A part of several events that are one by now, waiting for the others. */
export class Part {
  constructor(
    readonly meaning: MergedPart,
    readonly data: unknown,
    readonly stored: string,
  ) {}
}

/**
 * What a stored event is today, parts still apart; undefined where its version is newer than this code and does not have
 * all that this code needs of it. @throws Unreadable naming the event as `stored` and the step that failed.
 */
export const todaysEvents = (
  names: KnownNames,
  { type, data }: PastEvent,
  stored: string = type,
): readonly (DomainEvent | Part)[] | undefined => {
  const { meaning, version = 0 } = names.find(type) ?? {};
  switch (meaning?.kind) {
    case 'type': {
      const today = upcast(meaning.type, { version, data, stored });
      return today && [{ type: meaning.type.name, data: today.data }];
    }
    case 'renamed':
      return todaysEvents(names, { type: storedName(meaning.to, version), data }, stored);
    case 'split': {
      const whole = upcast(meaning, { version, data, stored });
      return whole && splitUp(meaning, whole.data, stored).flatMap((one) => todaysEvents(names, one, stored) ?? []);
    }
    case 'part': {
      const part = upcast(meaning.versions, { version, data, stored });
      return part && [new Part(meaning, part.data, stored)];
    }
    case 'retired':
    case undefined:
      return [];
  }
};

const splitUp = ({ name, into, split }: SplitType, data: unknown, stored: string): readonly PastEvent[] => {
  const step = `${name} into ${into.join(' and ')}`;
  const events = orUnreadable(() => [...(split as (data: unknown) => readonly PastEvent[])(data)], { stored, step });
  const stray = events.find(({ type }) => !into.includes(type));
  if (stray) throw new Unreadable(`${stored} (${step}, and not ${stray.type})`, { type: stored, step });
  return events;
};

/** Parts that stand one behind the other in their order, and where the last of them is. */
class Run {
  readonly parts: Part[] = [];
  at = 0;

  add(part: Part, at: number): void {
    this.parts.push(part);
    this.at = at;
  }

  goesOnWith({ meaning }: Part): boolean {
    const last = this.parts.at(-1)?.meaning;
    return last?.of === meaning.of && last.place < meaning.place;
  }
}

/** The events of one commit with its parts put together: what they are is in the place of the last of them. */
export const joined = (
  names: KnownNames,
  found: readonly (readonly (DomainEvent | Part)[] | Unread)[],
): readonly Today<DomainEvent>[] => {
  const today: DomainEvent[][] = found.map(() => []);
  let run = new Run();
  const end = (): void => {
    today[run.at]?.push(...merged(names, run.parts));
    run = new Run();
  };
  found.forEach((events, at) => {
    if (typeof events === 'string') end();
    else
      for (const event of events) {
        const isPart = event instanceof Part;
        if (!isPart || !run.goesOnWith(event)) end();
        if (isPart) run.add(event, at);
        else today[at]?.push(event);
      }
  });
  end();
  return found.map((events, at) => (typeof events === 'string' ? events : (today[at] ?? [])));
};

const merged = (names: KnownNames, parts: readonly Part[]): readonly DomainEvent[] => {
  const [first] = parts;
  if (!first) return [];
  const { parts: all, into, merge } = first.meaning.of;
  const step = `${all.map(({ name }) => name).join(' and ')} into ${into}`;
  const given = Object.fromEntries(parts.map(({ meaning, data }) => [meaning.versions.name, data]));
  const { stored } = first;
  const data = orUnreadable(() => (merge as (parts: unknown) => unknown)(given), { stored, step });
  // The catalogue has refused what would be merged again.
  return data === undefined
    ? []
    : ((todaysEvents(names, { type: into, data }, stored) ?? []) as readonly DomainEvent[]);
};
