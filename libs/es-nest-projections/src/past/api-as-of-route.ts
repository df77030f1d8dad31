import { ApiReadRoute } from '@ledgerline/es-nest';
import type { ApiRouteOptions } from '@ledgerline/es-nest/extension';

/** Describes a query that can be asked of the past. */
export const ApiAsOfRoute = ({ problems = [], ...options }: ApiRouteOptions): MethodDecorator =>
  ApiReadRoute({
    ...options,
    description:
      'With `at`, the log is read up to that recorded time; X-Events-Read says how much that was, X-Position how far it went.',
    problems: [...problems, 422],
  });
