import { type ServiceDefinition, ServicePersonalData } from '@ledgerline/es-nest';
import { Projections, rehearseReadModels } from '@ledgerline/es-nest-projections';
import { type ProjectionConfig, projectionEnvironment } from './projection-environment.js';
import { ProjectionModule } from './projection.module.js';
import { projections } from './projections.js';

/** Folds the other services' topics into read models, and answers queries from them. It writes no events. */
export const projectionService: ServiceDefinition<ProjectionConfig> = {
  name: 'projection-service',
  description: 'Read models of the shop: orders, customers, sales.',
  environment: projectionEnvironment,
  port: ({ PROJECTION_SERVICE_PORT }) => PROJECTION_SERVICE_PORT,
  module: ProjectionModule,
  parts: [ServicePersonalData, Projections],
  reactsTo: [],
  rehearse: ({ adapters }) => rehearseReadModels(projections, adapters),
};
