import { Pool } from 'undici';
import type { ZodType } from 'zod';
import { ServiceRefused } from './service-refused.error.js';
import { ServiceUnreachable } from './service-unreachable.error.js';
import { UnexpectedAnswer } from './unexpected-answer.error.js';

export interface ServiceAddress {
  /** `order-service`, as people know it. */
  readonly name: string;
  /** `http://127.0.0.1:3001` */
  readonly url: string;
}

export interface ServiceRequest {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

const CONNECTIONS = 8;
/** Verifying a large read model takes a while; a service that is gone is noticed at once by its connection. */
const ANSWER_WITHIN_MS = 10 * 60_000;

/** The HTTP connections to one service. */
export class ServiceClient {
  readonly #pool: Pool;
  /** Services may lie behind a path of somebody's gateway. */
  readonly #prefix: string;

  constructor(readonly address: ServiceAddress) {
    const { origin, pathname } = new URL(address.url);
    this.#prefix = pathname.replace(/\/+$/, '');
    this.#pool = new Pool(origin, {
      ...{ connections: CONNECTIONS, headersTimeout: ANSWER_WITHIN_MS, bodyTimeout: ANSWER_WITHIN_MS },
    });
  }

  /** Whatever the service answers. @throws ServiceUnreachable */
  async ask({ method = 'GET', path, headers, body }: ServiceRequest): Promise<ServiceAnswer> {
    try {
      const answer = await this.#pool.request({ method, path: this.#prefix + path, headers, body });
      return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
    } catch (cause) {
      throw new ServiceUnreachable(this.address.name, this.address.url, { cause });
    }
  }

  /** The JSON that the service answers, if it is of this shape. @throws ServiceUnreachable, ServiceRefused, UnexpectedAnswer */
  async json<T>(request: ServiceRequest, schema: ZodType<T>): Promise<T> {
    const { status, text } = await this.ask(request);
    const body = jsonOrNothing(text);
    if (status >= 400) throw new ServiceRefused(this.address.name, status, body);
    const { data, error } = schema.safeParse(body);
    if (error) throw new UnexpectedAnswer(this.address.name, request.path, { cause: error });
    return data;
  }

  /** Nothing, if the service answers that everything is well. @throws ServiceUnreachable, ServiceRefused */
  async require(request: ServiceRequest): Promise<void> {
    const { status, text } = await this.ask(request);
    if (status >= 400) throw new ServiceRefused(this.address.name, status, jsonOrNothing(text));
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** The JSON in `text`; undefined when it is none, which no answer of ours is. */
export const jsonOrNothing = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
