import { type CanActivate, type Type, UseGuards } from '@nestjs/common';
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

export interface RouteOptions {
  /** Which of them; all unless something is said. */
  readonly only?: readonly RouteName[];
  /** In front of all of them. */
  readonly guards?: readonly (Type<CanActivate> | CanActivate)[];
}

/** The controllers of the routes; none where nothing was said of routes. */
export const controllersFor = (routes: RouteOptions | undefined): Type[] => {
  if (!routes) return [];
  const { only = Object.keys(CONTROLLERS) as RouteName[], guards = [] } = routes;
  return only.flatMap((name) => (name === 'instances' ? CONTROLLERS[name] : CONTROLLERS[name].map(guardedBy(guards))));
};

/** Nest finds everything that it is told of a class in those that it extends. */
const guardedBy =
  (guards: NonNullable<RouteOptions['guards']>) =>
  (controller: Type): Type => {
    if (guards.length === 0) return controller;
    const guarded = { [controller.name]: class extends controller {} }[controller.name] as Type;
    UseGuards(...guards)(guarded);
    return guarded;
  };
