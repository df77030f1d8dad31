import { toRecord } from '@ledgerline/es-core/runtime';

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  ce_specversion: 'Of CloudEvents: `1.0`.',
  ce_id: 'Of the event, `<stream>@<version>`; unique over all streams.',
  ce_type: 'The stored name: the event with the version of its schema, `OrderCreated.v1`.',
  ce_source: 'The service that recorded it.',
  ce_time: 'When it was decided, ISO 8601 in UTC; never goes back in a partition.',
  'content-type': '`application/json`',
  kind: '`event`, `verdict`, `barrier` or `genesis`',
  version: "The stream's version with this event, from 1.",
  commit: 'Which of the records of its command this is, and how many there are: `1/2`.',
  prev: 'SHA-256 of the record that this one follows, in hexadecimal.',
  commandid: 'Of the command that it was recorded for.',
  fingerprint: 'Of the content of that command.',
  correlationid: 'Of the conversation: copied from command to event to command.',
  causationid: 'Of the message that it follows from directly.',
  actor: 'Who asked for it; `system:<process>` for what follows from events.',
  owner: 'Where its writer takes commands; a hint, and not hashed.',
  traceparent: 'W3C trace context; not hashed.',
};

const record = toRecord({
  ...{ kind: 'event', key: '', value: '', id: '', type: '', source: '', time: '', version: 1, index: 1, count: 1 },
  ...{ prev: '', commandId: '', fingerprint: '', correlationId: '', causationId: '', actor: '' },
  ...{ owner: 'o', traceparent: 't' },
});

const OPTIONAL: ReadonlySet<string> = new Set(['owner', 'traceparent']);

const described = (name: string): string => {
  const description = DESCRIPTIONS[name];
  if (description === undefined) throw new Error(`the header ${name} has no description`);
  return description;
};

/** The headers that every record of ours has, as the envelope writes them. @throws Error for one that nobody described */
export const eventHeaders = {
  type: 'object',
  properties: Object.fromEntries(
    Object.keys(record.headers).map((name) => [name, { type: 'string', description: described(name) }]),
  ),
  required: Object.keys(record.headers).filter((name) => !OPTIONAL.has(name)),
};
