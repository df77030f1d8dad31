import { Readable } from 'node:stream';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** An answer under way, on Fastify or on Express. */
export type AnyReply =
  | {
      readonly raw: ServerResponse;
      readonly request: { readonly headers: IncomingHttpHeaders };
      header(name: string, value: string): unknown;
    }
  | ServerResponse;

/** A request, on Fastify or on Express. */
export type AnyRequest = { readonly headers: IncomingMessage['headers']; readonly body?: unknown } & (
  { readonly raw: IncomingMessage } | IncomingMessage
);

export const setHeaders = (reply: AnyReply, headers: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(headers))
    if ('raw' in reply) reply.header(name, value);
    else reply.setHeader(name, value);
};

/** Of the request that is answered. */
export const headersOf = (reply: AnyReply): IncomingHttpHeaders => ('raw' in reply ? reply.request : reply.req).headers;

export const responseOf = (reply: AnyReply): ServerResponse => ('raw' in reply ? reply.raw : reply);

/** What is left to be read of a body that nobody has parsed. */
export const bodyOf = (request: AnyRequest): Readable => {
  if (request.body instanceof Readable) return request.body;
  return 'raw' in request ? request.raw : request;
};
