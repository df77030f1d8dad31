import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';

type Response = ServerResponse | { readonly raw: ServerResponse };
type Request = IncomingMessage | { readonly raw: IncomingMessage };

/** The HTTP request that is being answered, on Express and on Fastify. */
export class Answering {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(request: Request, response: Response) {
    this.#request = 'raw' in request ? request.raw : request;
    this.#response = 'raw' in response ? response.raw : response;
  }

  get wantsHeadersOnly(): boolean {
    return this.#request.method === 'HEAD';
  }

  /** True once nobody waits for the answer any more. */
  get isCutOff(): boolean {
    return this.#response.destroyed;
  }

  setHeader(name: string, value: string): void {
    this.#response.setHeader(name, value);
  }

  onClose(run: () => void): void {
    this.#response.once('close', run);
  }
}

const current = new AsyncLocalStorage<Answering>();

/** Runs what answers the request. */
export const whileAnswering = <T>(request: Answering, run: () => T): T => current.run(request, run);

/** What is being answered where this is called; undefined outside of a request, where nobody sees headers. */
export const answering = (): Answering | undefined => current.getStore();

/** Lets read models say in the headers of an answer how far they were, without a controller's doing. All else it leaves alone. */
@Injectable()
export class AnsweringInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const http = context.switchToHttp();
    const request = new Answering(http.getRequest<Request>(), http.getResponse<Response>());
    return new Observable((subscriber) => whileAnswering(request, () => next.handle().subscribe(subscriber)));
  }
}
