import { Decoder, Encoder, type Exchange } from './kafkajs-internals.js';

export interface ApiVersion {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
}

/**
 * A request in one version of the protocol. The versions are written down, not negotiated: they carry what is relied on (elections,
 * ids of topics), every broker since Kafka 3.1 speaks them, and opening a log says so where one does not.
 */
export const exchange = <Answer>(
  api: ApiVersion,
  encode: (encoder: Encoder) => Encoder,
  decode: (decoder: Decoder) => Answer,
): Exchange<Answer> => ({
  request: { ...api, encode: () => encode(new Encoder()) },
  response: {
    decode: (payload) => Promise.resolve(decode(new Decoder(payload))),
    parse: (decoded) => decoded,
  },
});

/**
 * An answer for which the broker says how long nothing more is to be sent on this connection, because the principal is over its quota.
 * kafkajs holds back what comes then, and the time in which it has to be answered begins when it is sent.
 */
export const throttled = <Answer extends object>(clientSideThrottleTime: number, answer: Answer): Answer => ({
  ...answer,
  clientSideThrottleTime,
});

export const int64 = (decoder: Decoder): number => Number(decoder.readInt64());

/** Newer versions end every structure with optional fields, and their requests and answers begin with some. */
export const NO_TAGS = 0;

export const skipTags = (decoder: Decoder): void => {
  const count = decoder.readUVarInt();
  for (let i = 0; i < count; i += 1) {
    decoder.readUVarInt(); // its number
    decoder.readBytes(decoder.readUVarInt());
  }
};

/** The only partition of the only topic that was asked for. */
export const only = <T>(topics: readonly { readonly partitions: readonly T[] }[]): T => {
  const [answer] = topics[0]?.partitions ?? [];
  if (answer === undefined) throw new Error('the broker answered for no partition');
  return answer;
};
