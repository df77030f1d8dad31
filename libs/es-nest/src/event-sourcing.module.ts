import type { AnyAggregate } from '@ledgerline/es-core';
import type {
  DynamicModule,
  InjectionToken,
  ModuleMetadata,
  OptionalFactoryDependency,
  Provider,
} from '@nestjs/common';
import { APP_INTERCEPTOR, DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { DeclaredAggregates } from './aggregates/declared-aggregates.js';
import { HostedAggregates } from './aggregates/hosted-aggregates.js';
import { aggregateToken } from './aggregates/inject-aggregate.js';
import { CommandBodies } from './commands/command-bodies.js';
import { CommandsOverKafka } from './commands/kafka/commands-over-kafka.js';
import { PublicCommands } from './commands/public-commands.js';
import { ServiceDeadlines } from './deadlines/service-deadlines.js';
import { AnswerInterceptor } from './http/answer.interceptor.js';
import { RawBodies } from './http/raw-bodies.js';
import { InstanceGuard } from './instances/forwarded-commands.controller.js';
import { ServiceAddress } from './instances/service-address.js';
import { ServiceInstances } from './instances/service-instances.js';
import { Coordinator } from './lifecycle/coordinator.js';
import { MutableLog } from './logging/log.js';
import { nestLogger } from './logging/nest-logger.js';
import { Metrics } from './operations/metrics.js';
import {
  type EventSourcingOptions,
  eventSourcingSettings,
  type ServiceStorage,
} from './options/event-sourcing-options.js';
import { ServicePersonalData } from './personal/service-personal-data.js';
import { DeclaredReactors } from './reactions/declared-reactors.js';
import { HeldStreamsOfService } from './reactions/held/held-streams.js';
import { ParkedReactionsDesk } from './reactions/held/parked-reactions-desk.js';
import { ReactorHost } from './reactions/reactor-host.js';
import { noRoot, requireOneRoot } from './root-module.js';
import { controllersFor, type RouteOptions } from './routes.js';
import { LogWatch } from './store/log-watch.js';
import { ServiceEventStore } from './store/service-event-store.js';
import { GIVEN_OPTIONS, LOG, OPTIONS, PLATFORM, STORAGE, WATCHED_STORAGE } from './tokens.js';

/** The routes of the library that the application wants; none unless it says so. Nest has to know them before anything is opened. */
interface WithRoutes {
  readonly routes?: RouteOptions;
}

export interface EventSourcingAsyncOptions<A extends unknown[] = unknown[]> extends WithRoutes {
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  readonly inject?: { readonly [K in keyof A]: InjectionToken<A[K]> | OptionalFactoryDependency };
  readonly useFactory: (...args: A) => EventSourcingOptions | Promise<EventSourcingOptions>;
}

/** What one feature of an application uses of event sourcing. */
export class EventSourcingFeature {}

/** Event sourcing for an ordinary Nest application: `forRoot` once, `forFeature` in every module that has aggregates. */
export class EventSourcingModule {
  static forRoot({ routes, ...options }: EventSourcingOptions & WithRoutes): DynamicModule {
    return this.forRootAsync({ ...(routes && { routes }), useFactory: () => options });
  }

  static forRootAsync<A extends unknown[]>({
    imports = [],
    inject,
    useFactory,
    routes,
  }: EventSourcingAsyncOptions<A>): DynamicModule {
    const given: Provider = {
      provide: GIVEN_OPTIONS,
      useFactory: (modules: ModulesContainer, ...args: unknown[]) => {
        requireOneRoot(modules, EventSourcingModule);
        return useFactory(...(args as A));
      },
      inject: [ModulesContainer, ...((inject ?? []) as InjectionToken[])],
    };
    return {
      module: EventSourcingModule,
      global: true,
      imports: [DiscoveryModule, TerminusModule.forRoot({ logger: false }), ...imports],
      controllers: controllersFor(routes),
      providers: [given, ...FROM_OPTIONS, ...SHARED, { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor }],
      exports: [OPTIONS, STORAGE, WATCHED_STORAGE, PLATFORM, LOG, ...SHARED],
    };
  }

  /** Lets the importing module inject these aggregates; several modules may use the same one. Nest fails to start without `forRoot`. */
  static forFeature({ aggregates }: { readonly aggregates: readonly AnyAggregate[] }): DynamicModule {
    const providers = aggregates.map((aggregate) => ({
      provide: aggregateToken(aggregate),
      useFactory: (hosted?: HostedAggregates) => {
        if (!hosted) throw noRoot();
        return hosted.host(aggregate);
      },
      inject: [{ token: HostedAggregates, optional: true }],
    }));
    return { module: EventSourcingFeature, providers, exports: providers.map(({ provide }) => provide) };
  }
}

const FROM_OPTIONS: readonly Provider[] = [
  { provide: OPTIONS, useFactory: eventSourcingSettings, inject: [GIVEN_OPTIONS] },
  {
    provide: LOG,
    useFactory: ({ log }: EventSourcingOptions) => new MutableLog(log ?? nestLogger()),
    inject: [GIVEN_OPTIONS],
  },
  // Behind the options, which say what is wrong with it.
  { provide: STORAGE, useFactory: ({ storage }: EventSourcingOptions) => storage, inject: [GIVEN_OPTIONS, OPTIONS] },
  { provide: PLATFORM, useFactory: ({ platform }: ServiceStorage) => platform, inject: [STORAGE] },
  {
    provide: WATCHED_STORAGE,
    useFactory: (storage: ServiceStorage, watch: LogWatch) => watch.over(storage),
    inject: [STORAGE, LogWatch],
  },
];

/** In the order in which the coordinator opens what has a lifetime. */
const SHARED = [
  ...[Coordinator, LogWatch, DeclaredAggregates, DeclaredReactors, ServicePersonalData, ServiceAddress],
  ...[ServiceInstances, InstanceGuard],
  ...[ServiceEventStore, HostedAggregates, PublicCommands, CommandBodies, RawBodies, HeldStreamsOfService],
  ...[ReactorHost, ParkedReactionsDesk, ServiceDeadlines, CommandsOverKafka, Metrics],
];
