import { request } from 'undici';

export type Body = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  /** Of the headers that services of ours set. */
  readonly header: (name: string) => string | undefined;
  /** Empty where the answer is no JSON object. */
  readonly body: Body;
  readonly text: string;
}

export interface Ask {
  readonly body?: unknown;
  /** Sent as it is. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Then it is as if nobody were there. */
  readonly giveUpAfterMs?: number;
}

/** `ask('POST http://127.0.0.1:3001/orders', { body })` */
export const ask = async (what: string, { body, text, headers = {}, giveUpAfterMs }: Ask = {}): Promise<Answer> => {
  const [method = 'GET', url = ''] = what.split(' ');
  const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const type = content === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await request(url, {
    ...{ method, headers: { ...type, ...headers }, body: content },
    ...(giveUpAfterMs !== undefined && { signal: AbortSignal.timeout(giveUpAfterMs) }),
  });
  const answered = await answer.body.text();
  return {
    status: answer.statusCode,
    header: (name) => {
      const value = answer.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: objectIn(answered),
    text: answered,
  };
};

const objectIn = (text: string): Body => {
  if (!text.startsWith('{') || text.includes('\n')) return {};
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
};
