import type { Projection } from '@ledgerline/es-core';
import { requireOneRoot } from '@ledgerline/es-nest/extension';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_INTERCEPTOR, ModulesContainer } from '@nestjs/core';
import { AnsweringInterceptor } from '../answers/answering.js';
import { LiveQueries } from '../live/live-queries.js';
import { ParkedDocuments } from '../parked/parked-documents.js';
import { PastViews } from '../past/past-views.js';
import { ProjectionMetrics } from '../projections/projection-metrics.js';
import { ReadModel } from '../read-models/read-model.js';
import { ReadModels } from '../read-models/read-models.js';
import { VerificationMetrics } from '../verification/verification.metrics.js';
import { Verifications } from '../verification/verifications.js';
import { Projections } from './projections.js';
import { type ProjectionsOptions, settingsOf } from './projections-options.js';
import { readModelToken } from './read-model-token.js';
import { controllersOf, type ProjectionsRoutes } from './routes.js';
import { SETTINGS, Surroundings } from './surroundings.js';

/** The library's routes are there where `routes` is. */
interface Routed {
  readonly routes?: ProjectionsRoutes;
}

export interface ProjectionsAsyncOptions extends Routed, Pick<DynamicModule, 'imports'> {
  readonly inject?: NonNullable<Extract<Provider, { useFactory: unknown }>['inject']>;
  readonly useFactory: (...injected: never[]) => ProjectionsOptions | Promise<ProjectionsOptions>;
}

const FOR_FEATURES = [ReadModels, LiveQueries, PastViews];
const PROVIDERS = [
  ...[Surroundings, ...FOR_FEATURES, Projections, Verifications, VerificationMetrics, ProjectionMetrics],
  ParkedDocuments,
];

/** What keeps the read models: there once, by itself, as soon as a feature has one. */
@Module({
  providers: [...PROVIDERS, { provide: APP_INTERCEPTOR, useClass: AnsweringInterceptor }],
  exports: PROVIDERS,
})
class ReadModelsModule {}

/** Keeps read models up to date and answers from them. */
@Module({})
export class ProjectionsModule {
  /** Options and routes, once in a service that wants other ones than are usual: without it there are no routes. @throws OptionsInvalid */
  static forRoot({ routes, ...options }: ProjectionsOptions & Routed = {}): DynamicModule {
    return this.forRootAsync({ useFactory: () => options, ...(routes && { routes }) });
  }

  /** As `forRoot`, with options that Nest makes. The routes are said beside them. */
  static forRootAsync({ imports = [], inject = [], useFactory, routes }: ProjectionsAsyncOptions): DynamicModule {
    const settings: Provider = {
      ...{ provide: SETTINGS, inject: [ModulesContainer, ...inject] },
      useFactory: async (modules: ModulesContainer, ...injected: never[]) => {
        requireOneRoot(modules, ProjectionsModule);
        return settingsOf(await useFactory(...injected));
      },
    };
    return {
      ...{ module: ProjectionsModule, global: true, imports: [ReadModelsModule, ...imports] },
      controllers: routes ? controllersOf(routes) : [],
      providers: [settings],
      exports: [SETTINGS, ReadModelsModule],
    };
  }

  /** The read models of these projections, for `@InjectReadModel`. @throws Error where two projections have one name. */
  static forFeature(projections: readonly Projection[]): DynamicModule {
    const providers = projections.map((projection) => ({
      ...{ provide: readModelToken(projection), inject: FOR_FEATURES },
      useFactory: (models: ReadModels, live: LiveQueries, past: PastViews) => {
        models.register(projection);
        return new ReadModel(projection, { models, live, past });
      },
    }));
    const exports = providers.map(({ provide }) => provide);
    return { module: ReadModelsOfFeature, imports: [ReadModelsModule], providers, exports };
  }
}

/** Not ProjectionsModule, which is there once. */
@Module({})
class ReadModelsOfFeature {}
