import { type CanActivate, Controller, type Type, UseGuards } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { GenerationsController } from '../generations/generations.controller.js';
import { ParkedController } from '../parked/parked.controller.js';
import { ProjectionsController } from '../projections/projections.controller.js';

/** Where the library's routes are, and who may use them. */
export interface ProjectionsRoutes {
  /** Before `/projections` and `/parked`; nothing unless given. */
  readonly path?: string;
  /** Made by Nest, as those of `@UseGuards` are. */
  readonly guards?: readonly (Type<CanActivate> | CanActivate)[];
}

const CONTROLLERS: readonly Type[] = [ProjectionsController, GenerationsController, ParkedController];

/** The controllers of `/projections` and `/parked` as the routes say. Nest needs them before any option is known. */
export const controllersOf = ({ path = '', guards = [] }: ProjectionsRoutes): Type[] =>
  CONTROLLERS.map((controller) => {
    const routed = class extends controller {};
    const below = Reflect.getMetadata(PATH_METADATA, controller) as string;
    // The name that an API description gives its operations.
    Object.defineProperty(routed, 'name', { value: controller.name });
    Controller(`${path}/${below}`)(routed);
    if (guards.length > 0) UseGuards(...guards)(routed);
    return routed;
  });
