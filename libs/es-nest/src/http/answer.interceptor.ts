import { type CommandAnswer, EsError, idOf } from '@ledgerline/es-core';
import { isCommandAnswer } from '@ledgerline/es-core/runtime';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { catchError, map, type Observable, throwError } from 'rxjs';
import { ProblemException } from './problem.exception.js';
import { PROBLEM_TYPE, problemOf } from './problem.js';
import { Rejected } from './rejected.error.js';
import { type AnyReply, setHeaders } from './reply.js';

/**
 * Answers what event sourcing answers: a command's answer as `{ id, version, position }` with `ETag` and `X-Position`, a rejection as 409,
 * its errors as problems. Every other value and error is let by, for the application's own filters and interceptors.
 */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const reply = context.switchToHttp().getResponse<AnyReply>();
    return next.handle().pipe(
      map((value: unknown) => (isCommandAnswer(value) ? bodyOf(value, reply) : value)),
      catchError((error: unknown) => throwError(() => (error instanceof EsError ? asProblem(error, reply) : error))),
    );
  }
}

/** @throws Rejected */
const bodyOf = (answer: CommandAnswer, reply: AnyReply): unknown => {
  if (answer.status === 'rejected') throw new Rejected(answer.rejection, answer.retriable);
  const { stream, version, position } = answer;
  setHeaders(reply, { ETag: `"${version}"`, 'X-Position': position });
  return { id: idOf(stream), version, position };
};

const asProblem = (error: EsError, reply: AnyReply): unknown => {
  const problem = problemOf(error);
  if (!problem) return error;
  setHeaders(reply, { 'content-type': PROBLEM_TYPE, ...(problem.status === 503 && { 'Retry-After': '1' }) });
  return new ProblemException(problem, error);
};
