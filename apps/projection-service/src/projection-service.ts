import { type ServiceDefinition, ServicePersonalData } from '@ledgerline/es-nest';
import type { DynamicModule } from '@nestjs/common';
import { PROJECTION_CONFIG, type ProjectionConfig } from './projection-environment.js';
import { ProjectionModule } from './projection.module.js';
import { ReadModels } from './read-models/read-models.js';
import { rehearseReadModels } from './verification/rehearse-read-models.js';
import { Verifications } from './verification/verifications.js';

/** Folds the other services' topics into read models, and answers queries from them. It writes no events. */
export const projectionService = (config: ProjectionConfig): ServiceDefinition => ({
  name: PROJECTION_SERVICE,
  description: 'Read models of the shop: orders, customers, sales.',
  module: moduleWith(config),
  parts: [ServicePersonalData, ReadModels, Verifications],
  reactsTo: [],
  rehearse: rehearseReadModels,
});

export const PROJECTION_SERVICE = 'projection-service';

const moduleWith = (config: ProjectionConfig): DynamicModule => ({
  module: ProjectionModule,
  providers: [{ provide: PROJECTION_CONFIG, useValue: config }],
});
