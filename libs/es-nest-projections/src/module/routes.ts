import { type CanActivate, Controller, type Type, UseGuards } from '@nestjs/common';
import { GenerationsController } from '../generations/generations.controller.js';
import { ParkedController } from '../parked/parked.controller.js';
import { ProjectionsController } from '../projections/projections.controller.js';

/** Where the library's routes are, and who may use them. */
export interface ProjectionsRoutes {
  /** How far projections are, and what people do about them: `projections` unless given. */
  readonly path?: string;
  /** Documents that are parked: `<path>/parked` unless given, as event sourcing has a `/parked` for reactions. */
  readonly parkedPath?: string;
  /** Made by Nest, as those of `@UseGuards` are. */
  readonly guards?: readonly (Type<CanActivate> | CanActivate)[];
}

/** The controllers of the routes. Nest needs them before any option is known. */
export const controllersOf = ({
  path = 'projections',
  parkedPath = `${path}/parked`,
  guards = [],
}: ProjectionsRoutes): Type[] => {
  const at = (place: string, controller: Type): Type => {
    // The name that an API description gives its operations. What is told of a class is found in those that extend it.
    const routed = { [controller.name]: class extends controller {} }[controller.name] as Type;
    Controller(place)(routed);
    if (guards.length > 0) UseGuards(...guards)(routed);
    return routed;
  };
  return [
    at(path, ProjectionsController),
    at(`${path}/:name`, GenerationsController),
    at(parkedPath, ParkedController),
  ];
};
