import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { ApiRoute, type ApiRouteOptions } from './api-route.js';

/** Describes a query that can be told what it has to have seen. */
export const ApiReadRoute = ({ problems = [], ...options }: ApiRouteOptions): MethodDecorator =>
  applyDecorators(ApiRoute({ ...options, problems: [400, ...problems, 504] }), ApiMinPosition());

export const ApiMinPosition = (): MethodDecorator =>
  ApiHeader({
    name: 'X-Min-Position',
    description:
      'Positions that writes answered, commas between: the answer has seen them, or comes as a 504 after 5 seconds.',
    required: false,
  }) as MethodDecorator;
