import { type ServiceDefinition, ServicePersonalData } from '@ledgerline/es-nest';
import { Projections, rehearseReadModels } from '@ledgerline/es-nest-projections';
import { type ProjectionConfig, projectionsOptions } from './projection-environment.js';
import { ProjectionModule } from './projection.module.js';
import { projections } from './projections.js';

export const PROJECTION_SERVICE = 'projection-service';

/** Folds the other services' topics into read models, and answers queries from them. It writes no events. */
export const projectionService = (config: ProjectionConfig): ServiceDefinition => ({
  name: PROJECTION_SERVICE,
  description: 'Read models of the shop: orders, customers, sales.',
  module: ProjectionModule.with(projectionsOptions(config)),
  parts: [ServicePersonalData, Projections],
  reactsTo: [],
  rehearse: (storage) => rehearseReadModels(projections, storage),
});
