import { EventSourcingModule } from '@ledgerline/es-nest';
import { ProjectionsModule } from '@ledgerline/es-nest-projections';
import type { Surroundings } from '@ledgerline/shop-environment';
import type { DynamicModule } from '@nestjs/common';
import { type ProjectionConfig, projectionsOptions } from './projection-environment.js';
import { ProjectionServiceModule } from './projection-service.module.js';

export const PROJECTION_SERVICE = 'projection-service';

/** Folds the other services' topics into read models, and answers queries from them. It writes no events. */
export const projectionService = (config: ProjectionConfig, surroundings: Surroundings): DynamicModule => ({
  module: ProjectionServiceModule,
  imports: [
    EventSourcingModule.forRoot({
      ...{ ...surroundings, service: PROJECTION_SERVICE, personalData: true },
      ...{ description: 'Read models of the shop: orders, customers, sales.', routes: { only: ['health', 'metrics'] } },
    }),
    ProjectionsModule.forRoot({ ...projectionsOptions(config), routes: { parkedPath: 'parked' } }),
  ],
});
