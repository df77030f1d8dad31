import { EsError } from '@ledgerline/es-core';
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, throwError } from 'rxjs';
import { ServiceNotReady } from '../lifecycle/service-not-ready.error.js';
import { factsOf, type Log } from '../logging/log.js';
import { LOG } from '../tokens.js';
import { TooMuchAtOnce } from './bodies-under-way.js';
import { ProblemException } from './problem.exception.js';
import { problem, PROBLEM_TYPE, problemOf } from './problem.js';

/** Every failed request is answered as a problem, never with a stack trace; a failed message goes back to its runner. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> | void {
    if (host.getType() === 'rpc') return throwError(() => error);
    const http = host.switchToHttp();
    this.#answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  #answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (isCutOff(request)) return this.#forget(request, reply);
    const cause = error instanceof ProblemException ? error.cause : error;
    const known = problemOf(cause);
    const answer = known ?? problem(500, 'internal-error', 'something went wrong on our side; it was logged');
    if (answer.status >= 500) this.#report(cause, request, answer.status);
    if (answer.status === 503) void reply.header('Retry-After', '1');
    // Fastify would end the connection while the client sends on, which then may not see the answer.
    if (cause instanceof TooMuchAtOnce) void reply.removeHeader('connection');
    // As bytes: to a text Fastify would add a charset, which this media type does not have.
    void reply
      .status(answer.status)
      .header('content-type', PROBLEM_TYPE)
      .send(Buffer.from(JSON.stringify(answer)));
  }

  /** Nobody is there any more to be answered, and nothing went wrong on our side. */
  #forget({ method, routeOptions }: FastifyRequest, reply: FastifyReply): void {
    reply.hijack();
    this.log.debug('request-cut-off', { method, route: routeOptions.url });
  }

  #report(error: unknown, { method, routeOptions }: FastifyRequest, status: number): void {
    this.log[levelOf(error)]('request-failed', { method, route: routeOptions.url, status, ...factsOf(error) });
  }
}

/** Its connection ended before all of it was there. */
const isCutOff = ({ raw }: FastifyRequest): boolean => raw.destroyed && !raw.complete;

/** That a service is starting is no news to anybody; what a retry may mend is a warning. */
const levelOf = (error: unknown): 'debug' | 'warn' | 'error' => {
  if (error instanceof ServiceNotReady) return 'debug';
  return error instanceof EsError && error.retriable ? 'warn' : 'error';
};
