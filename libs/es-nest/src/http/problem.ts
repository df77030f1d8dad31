import { EsError, ValidationFailed } from '@ledgerline/es-core';
import type { FieldProblem } from '@ledgerline/es-core/runtime';
import { HttpException } from '@nestjs/common';

/** RFC 9457, with a stable `code` to act on. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly retriable: boolean;
  readonly errors?: readonly FieldProblem[];
}

export const PROBLEM_TYPE = 'application/problem+json';

/** Codes that do not follow the rules of `statusOf`. What is not named there or here is a rule that said no: 409. */
const STATUS_OF: Readonly<Record<string, number>> = {
  'validation-failed': 400,
  'too-many-commands': 413,
  'command-too-large': 413,
  'unsupported-media-type': 415,
  'wrong-expected-version': 412,
  'idempotency-key-reused': 422,
  'event-too-large': 422,
  'as-of-too-costly': 422,
  'service-not-ready': 503,
  overloaded: 503,
  'another-instance-writes': 503,
  'forwarded-late': 408,
  'clock-skewed': 503,
  'outcome-unknown': 503,
  'log-unavailable': 503,
  'newer-event': 503,
  'newer-command': 503,
  'too-many-streams': 503,
  'as-of-busy': 503,
  'as-of-too-slow': 503,
  'read-models-unavailable': 503,
  'collection-lost': 503,
  'document-parked': 503,
  'keys-unavailable': 503,
  'master-key-missing': 503,
  'position-not-reached': 504,
  'not-reacted-yet': 504,
  'append-refused': 500,
  'read-models-refused': 500,
  'document-refused': 500,
  'offset-out-of-range': 500,
  'log-diverged': 500,
  'log-misconfigured': 500,
  'environment-damaged': 500,
  'data-dir-unusable': 500,
  'master-key-unusable': 500,
  unreadable: 500,
  unrecordable: 500,
  'not-json': 500,
};

const TITLE_OF: Readonly<Record<number, string>> = {
  400: 'Bad request',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timeout',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Content too large',
  414: 'URI too long',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  431: 'Request header fields too large',
  503: 'Service unavailable',
  504: 'Gateway timeout',
};

/** What Fastify and Nest refuse themselves, by status. */
const OUTSIDE_CODE_OF: Readonly<Record<number, readonly [code: string, detail?: string]>> = {
  400: ['malformed-request'],
  404: ['route-not-found'],
  405: ['method-not-allowed'],
  408: ['request-timeout'],
  413: ['body-too-large', 'the body must have at most 1 MB (1048576 bytes)'],
  414: ['uri-too-long'],
  415: ['unsupported-media-type'],
  431: ['headers-too-large'],
};

const statusOf = (code: string): number => STATUS_OF[code] ?? (code.endsWith('-not-found') ? 404 : 409);

export const problem = (status: number, code: string, detail: string, retriable = false): Problem => ({
  type: `urn:ledgerline:problem:${code}`,
  title: TITLE_OF[status] ?? 'Internal server error',
  status,
  detail,
  code,
  retriable,
});

/** With a lost collection nothing works any more, but another one takes its place by itself: who asks again is served by that. */
const mayBeAskedAgain = ({ code, retriable }: EsError): boolean => retriable || code === 'collection-lost';

/** The answer to a failed request, or undefined for an error of our own that nobody outside should read. */
export const problemOf = (error: unknown): Problem | undefined => {
  if (error instanceof ValidationFailed) return { ...problem(400, error.code, error.message), errors: error.problems };
  if (error instanceof EsError) return problem(statusOf(error.code), error.code, error.message, mayBeAskedAgain(error));
  if (error instanceof HttpException) return ofStatus(error.getStatus(), error.message);
  return undefined;
};

const ofStatus = (status: number, message: string): Problem | undefined => {
  if (status >= 500) return undefined;
  const [code, detail] = OUTSIDE_CODE_OF[status] ?? [`http-${status}`];
  return problem(status, code, detail ?? message);
};
