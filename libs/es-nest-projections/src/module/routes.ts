import { controllerAt, type RoutePlace } from '@ledgerline/es-nest/extension';
import type { Type } from '@nestjs/common';
import { GenerationsController } from '../generations/generations.controller.js';
import { ParkedController } from '../parked/parked.controller.js';
import { ProjectionsController } from '../projections/projections.controller.js';

/** Where the library's routes are, and who may use them. */
export interface ProjectionsRoutes extends RoutePlace {
  /** How far projections are, and what people do about them: `projections` unless given. */
  readonly path?: string;
  /** Documents that are parked: `<path>/parked` unless given, as event sourcing has a `/parked` for reactions. */
  readonly parkedPath?: string;
}

/** The controllers of the routes. Nest needs them before any option is known. */
export const controllersOf = ({
  path = 'projections',
  parkedPath = `${path}/parked`,
  guards = [],
}: ProjectionsRoutes): Type[] => [
  controllerAt(path, ProjectionsController, guards),
  controllerAt(`${path}/:name`, GenerationsController, guards),
  controllerAt(parkedPath, ParkedController, guards),
];
