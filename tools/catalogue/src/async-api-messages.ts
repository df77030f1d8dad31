import { commandEnvelope, verdictLine } from '@ledgerline/es-nest/extension';
import { z } from 'zod';
import type { CommandEntry, EventEntry } from './catalogue.js';

export type Json = Readonly<Record<string, unknown>>;

export const isPublic = (command: CommandEntry): boolean => command.isPublic;
/** Somebody acts on its rejection. */
export const isAnswered = ({ rejectionConsumers }: CommandEntry): boolean => rejectionConsumers.length > 0;

const schemaOf = (schema: z.ZodType, io: 'input' | 'output' = 'input'): Json => ({
  schemaFormat: 'application/schema+json;version=draft-07',
  schema: z.toJSONSchema(schema, { target: 'draft-7', io }),
});

export const eventMessages = ({
  name,
  category,
  description,
  versions,
  example,
}: EventEntry): readonly (readonly [string, Json])[] =>
  versions.map(({ storedName, zod, isCurrent }) => [
    storedName,
    {
      ...{ name: storedName, title: isCurrent ? name : `${name}, as it was once`, contentType: 'application/json' },
      ...(description !== '' && { summary: description }),
      headers: headersOf({ ce_type: storedName, kind: 'event' }),
      payload: schemaOf(zod),
      bindings: keyedBy(category),
      ...(isCurrent && { examples: [{ name: 'sample', payload: example }] }),
    },
  ]);

export const verdictMessage = ({ name, category, rejections }: CommandEntry): readonly [string, Json] => [
  verdictName(name),
  {
    ...{ name: verdictName(name), title: `${name} was rejected`, contentType: 'application/json' },
    summary: 'The command recorded nothing, for ever, because a rule said no.',
    headers: headersOf({ ce_type: name, kind: 'verdict' }),
    payload: {
      type: 'object',
      properties: {
        rejection: {
          type: 'string',
          description: 'The code of the rule.',
          examples: rejections.map(({ code }) => code),
        },
        reason: { type: 'string' },
      },
      required: ['rejection'],
    },
    bindings: keyedBy(category),
  },
];

export const verdictName = (command: string): string => `${command}.rejected`;

export const commandMessage = ({ name, category, description, schema }: CommandEntry): readonly [string, Json] => [
  name,
  {
    ...{ name, title: name, contentType: 'application/json', ...(description !== '' && { summary: description }) },
    headers: { $ref: '#/components/schemas/commandHeaders' },
    payload: {
      schemaFormat: 'application/schema+json;version=draft-07',
      schema: envelopeOf(name, category, schema),
    },
    bindings: keyedBy(category),
  },
];

const envelopeOf = (name: string, category: string, schema: unknown): unknown => {
  const { properties, ...envelope } = z.toJSONSchema(commandEnvelope, { target: 'draft-7' });
  const { $schema: _draft, ...data } = schema as Json;
  const stream = { type: 'string', pattern: `^${category}-`, examples: [`${category}-1`] };
  return { ...envelope, properties: { ...properties, type: { type: 'string', const: name }, stream, data } };
};

export const replyMessage: Json = {
  ...{ name: 'verdict', title: 'What became of a command', contentType: 'application/json' },
  payload: schemaOf(verdictLine, 'output'),
};

const headersOf = (constants: Readonly<Record<string, string>>): Json => ({
  allOf: [
    { $ref: '#/components/schemas/eventHeaders' },
    {
      type: 'object',
      properties: Object.fromEntries(Object.entries(constants).map(([name, value]) => [name, { const: value }])),
    },
  ],
});

const keyedBy = (category: string): Json => ({
  kafka: {
    key: { type: 'string', pattern: `^${category}-`, description: `The stream, \`${category}-<id>\`.` },
    bindingVersion: '0.5.0',
  },
});

export const commandHeaders: Json = {
  type: 'object',
  properties: {
    'x-actor': { type: 'string', description: 'Who asks; `anonymous` where it is left out.' },
    'x-correlation-id': { type: 'string', description: 'Of the conversation that the command belongs to.' },
    traceparent: { type: 'string', description: 'W3C trace context.' },
    kafka_correlationId: { type: 'string', description: 'Set by whoever waits for an answer.' },
    kafka_replyTopic: { type: 'string', description: 'Where the answer is waited for.' },
  },
};
