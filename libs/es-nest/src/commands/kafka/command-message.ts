import { isUtf8 } from 'node:buffer';
import { EsError, ValidationFailed } from '@ledgerline/es-core';
import { type KafkaContext, KafkaHeaders } from '@nestjs/microservices';

/** As much as `POST /commands` takes. */
const MOST_BYTES = 1024 * 1024;
const VALUE = 'the value';

/** A message that holds one command, or something else. */
export interface CommandMessage {
  readonly value: unknown;
  readonly key: string | undefined;
  /** By their names in small letters; more than one of a name is a list. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Where it lies, for the log. */
  readonly place: { readonly topic: string; readonly partition: number; readonly offset: string };
  /** Whoever sent it waits for an answer. */
  readonly isAsked: boolean;
}

export const commandMessage = (context: KafkaContext): CommandMessage => {
  const { value, key, offset, headers = {} } = context.getMessage();
  return {
    ...{ value, key: textIn(key), headers: textsIn(headers) },
    place: { topic: context.getTopic(), partition: context.getPartition(), offset },
    isAsked: Boolean(headers[KafkaHeaders.CORRELATION_ID] && headers[KafkaHeaders.REPLY_TOPIC]),
  };
};

/** @throws EsError `command-too-large`, ValidationFailed */
export const valueIn = ({ value }: CommandMessage): string => {
  if (!Buffer.isBuffer(value)) throw new ValidationFailed([{ field: VALUE, rule: 'must be one JSON object' }]);
  if (value.length > MOST_BYTES)
    throw new EsError(
      'command-too-large',
      `${VALUE} has ${value.length} bytes; at most ${MOST_BYTES} are taken`,
      false,
    );
  if (!isUtf8(value)) throw new ValidationFailed([{ field: VALUE, rule: 'must be UTF-8' }]);
  return value.toString('utf8');
};

/** Kafka keeps the order of one key: of a stream only where that is the key. @throws ValidationFailed */
export const requireKey = ({ key }: CommandMessage, stream: string): void => {
  if (key !== stream) throw new ValidationFailed([{ field: 'the key', rule: 'must be the stream' }]);
};

const textIn = (value: unknown): string | undefined => (value == null ? undefined : String(value));

const textsIn = (headers: Readonly<Record<string, unknown>>): Record<string, readonly string[]> => {
  const texts = new Map<string, string[]>();
  for (const [name, header] of Object.entries(headers))
    for (const text of [header].flat().flatMap((one) => textIn(one) ?? [])) {
      const named = texts.get(name.toLowerCase());
      if (named) named.push(text);
      else texts.set(name.toLowerCase(), [text]);
    }
  return Object.fromEntries(texts);
};
