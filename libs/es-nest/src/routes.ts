import { type CanActivate, Controller, type Type, UseGuards } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { CommandsController } from './commands/commands.controller.js';
import { ForwardedCommandsController } from './instances/forwarded-commands.controller.js';
import { HealthController } from './operations/health.controller.js';
import { MetricsController } from './operations/metrics.controller.js';
import { ProgressController } from './operations/progress.controller.js';
import { ParkedReactionsController } from './reactions/held/parked-reactions.controller.js';
import { StreamsController } from './streams/streams.controller.js';

const CONTROLLERS = {
  /** `POST /commands`. */
  commands: [CommandsController],
  /** `GET /streams/:stream/events`, the audit trail. */
  streams: [StreamsController],
  /** `GET /parked`, and what people do about parked reactions. */
  reactions: [ParkedReactionsController],
  /** `GET /reactors`, `GET /log`: how far things are. */
  progress: [ProgressController],
  /** `GET /health/live`, `GET /health/ready`. */
  health: [HealthController],
  /** `GET /metrics`, for Prometheus. */
  metrics: [MetricsController],
  /** Where instances of the service hand commands to each other; they prove themselves, and no guard of the application's is asked. */
  instances: [ForwardedCommandsController],
} as const satisfies Readonly<Record<string, readonly Type[]>>;

export type RouteName = keyof typeof CONTROLLERS;

/** Where routes of a library are, and who may use them. */
export interface RoutePlace {
  /** In front of their own paths; nothing unless it is said. */
  readonly path?: string;
  /** Made by Nest, as those of `@UseGuards` are. */
  readonly guards?: readonly (Type<CanActivate> | CanActivate)[];
}

export interface RouteOptions extends RoutePlace {
  /** Which of them; all unless something is said. */
  readonly only?: readonly RouteName[];
}

/** The controllers of the routes; none where nothing was said of routes. */
export const controllersFor = (routes: RouteOptions | undefined): Type[] => {
  if (!routes) return [];
  const { only = Object.keys(CONTROLLERS) as RouteName[], path = '', guards = [] } = routes;
  return only.flatMap((name) =>
    name === 'instances'
      ? CONTROLLERS[name]
      : CONTROLLERS[name].map((controller) => controllerAt(`${path}/${pathOf(controller)}`, controller, guards)),
  );
};

const pathOf = (controller: Type): string => Reflect.getMetadata(PATH_METADATA, controller) as string;

/** The controller at another path, behind guards. What Nest is told of a class it finds in those that extend it. */
export const controllerAt = (path: string, controller: Type, guards: NonNullable<RoutePlace['guards']>): Type => {
  // The name that an API description gives its operations.
  const placed = { [controller.name]: class extends controller {} }[controller.name] as Type;
  // Either part may begin with a slash of its own.
  Controller(path.replaceAll(/\/{2,}/g, '/'))(placed);
  if (guards.length > 0) UseGuards(...guards)(placed);
  return placed;
};
