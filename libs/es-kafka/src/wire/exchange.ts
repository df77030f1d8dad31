import { Decoder, Encoder, type Exchange } from './kafkajs-internals.js';

export interface ApiVersion {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
}

/**
 * A request in one version of the protocol. The versions are written down, not negotiated: they carry what is relied on (leader
 * epochs), every broker since Kafka 2.3 speaks them, and opening a log says so where one does not.
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

export const int64 = (decoder: Decoder): number => Number(decoder.readInt64());

/** The only partition of the only topic that was asked for. */
export const only = <T>(topics: readonly { readonly partitions: readonly T[] }[]): T => {
  const [answer] = topics[0]?.partitions ?? [];
  if (answer === undefined) throw new Error('the broker answered for no partition');
  return answer;
};
