import type { FastifyInstance, FastifyRequest } from 'fastify';
import { COMMANDS_PATH } from '../commands/command-bodies.js';
import { MIN_POSITION } from './min-position.js';
import { READS } from './request-headers.js';
import { type FieldProblem, ValidationFailed } from './validation-failed.error.js';

const ON_WRITES: readonly FieldProblem[] = [
  { field: MIN_POSITION, rule: 'must not be there on a write, which waits for nothing that was read' },
];
const ON_MANY_COMMANDS: readonly FieldProblem[] = [
  { field: 'Idempotency-Key', rule: 'must not be there with many commands: each line has an id' },
  { field: 'If-Match', rule: 'must not be there with many commands: send the command for one version by itself' },
];

/** A header that would go unheeded is refused: who sends it counts on it. */
export const refuseMeaninglessHeaders = (fastify: Pick<FastifyInstance, 'addHook'>): void => {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const meaningless = meaninglessOf(request).filter(({ field }) => field.toLowerCase() in request.headers);
    done(meaningless.length > 0 ? new ValidationFailed(meaningless) : undefined);
  });
};

const meaninglessOf = ({ is404, method, routeOptions }: FastifyRequest): readonly FieldProblem[] => {
  if (is404 || READS.has(method)) return [];
  return routeOptions.url === COMMANDS_PATH ? [...ON_WRITES, ...ON_MANY_COMMANDS] : ON_WRITES;
};
