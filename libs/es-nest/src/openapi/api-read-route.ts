import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { ApiRoute, type ApiRouteOptions, REACTED_TO_HEADER } from './api-route.js';

/** Describes a query that can be told what it has to have seen. */
export const ApiReadRoute = ({ problems = [], ...options }: ApiRouteOptions): MethodDecorator =>
  applyDecorators(ApiRoute({ ...options, problems: [400, ...problems, 504] }), ApiMinPosition());

/** Describes a query of what a service writes itself, which can be told also what the service has to have reacted to. */
export const ApiStateRoute = (options: ApiRouteOptions): MethodDecorator =>
  applyDecorators(ApiReadRoute(options), ApiHeader({ ...REACTED_TO_HEADER, required: false }) as MethodDecorator);

export const ApiMinPosition = (): MethodDecorator =>
  ApiHeader({
    name: 'X-Min-Position',
    description:
      'Positions that writes answered, commas between: the answer has seen them, or comes as a 504 after 5 seconds.',
    required: false,
  }) as MethodDecorator;
