/** What a service answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty where the answer is no JSON. */
  readonly json: Record<string, unknown>;
}

/** `send('POST', '/parcels', { jarId })`; a string is sent as it is, anything else as JSON. */
export type Send = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>;

/** Sends to the service at `url`, which is asked for each time: it may have been started again. */
export const sendTo =
  (url: () => string): Send =>
  async (method, path, body, headers = {}) => {
    const answer = await fetch(`${url()}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = JSON_TYPE.test(answer.headers.get('content-type') ?? '');
    const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: answer.status, headers: answer.headers, text, json };
  };

/** Not NDJSON, which is many. */
const JSON_TYPE = /^application\/(?:problem\+)?json\b/;
