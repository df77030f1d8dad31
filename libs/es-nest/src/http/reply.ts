import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer under way, on Fastify or on Express. */
export type AnyReply =
  | { readonly raw: ServerResponse; header(name: string, value: string): unknown }
  | ServerResponse;

/** A request, on Fastify or on Express. */
export type AnyRequest = { readonly headers: IncomingMessage['headers']; readonly body?: unknown } & (
  | { readonly raw: IncomingMessage }
  | IncomingMessage
);

export const setHeaders = (reply: AnyReply, headers: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(headers))
    if ('raw' in reply) reply.header(name, value);
    else reply.setHeader(name, value);
};

export const responseOf = (reply: AnyReply): ServerResponse => ('raw' in reply ? reply.raw : reply);

export const requestOf = (request: AnyRequest): IncomingMessage => ('raw' in request ? request.raw : request);
