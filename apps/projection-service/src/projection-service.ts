import { type ServiceDefinition, ServicePersonalData } from '@ledgerline/es-nest';
import { type ProjectionConfig, projectionEnvironment } from './projection-environment.js';
import { ProjectionModule } from './projection.module.js';
import { ReadModels } from './read-models/read-models.js';
import { rehearseReadModels } from './verification/rehearse-read-models.js';
import { Verifications } from './verification/verifications.js';

/** Folds the other services' topics into read models, and answers queries from them. It writes no events. */
export const projectionService: ServiceDefinition<ProjectionConfig> = {
  name: 'projection-service',
  description: 'Read models of the shop: orders, customers, sales.',
  environment: projectionEnvironment,
  port: ({ PROJECTION_SERVICE_PORT }) => PROJECTION_SERVICE_PORT,
  module: ProjectionModule,
  parts: [ServicePersonalData, ReadModels, Verifications],
  reactsTo: [],
  rehearse: ({ adapters }) => rehearseReadModels(adapters),
};
