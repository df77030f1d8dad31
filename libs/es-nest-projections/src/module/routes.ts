import { controllersAt, type RoutePlace } from '@ledgerline/es-nest';
import type { Type } from '@nestjs/common';
import { GenerationsController } from '../generations/generations.controller.js';
import { ParkedController } from '../parked/parked.controller.js';
import { ProjectionsController } from '../projections/projections.controller.js';

/** The controllers of `/projections` and `/parked` as the routes say. Nest needs them before any option is known. */
export const controllersOf = (routes: RoutePlace): Type[] =>
  controllersAt(routes, [ProjectionsController, GenerationsController, ParkedController]);
