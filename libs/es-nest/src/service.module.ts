import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { HostedAggregates } from './aggregates/hosted-aggregates.js';
import { CommandsController } from './commands/commands.controller.js';
import { commandsFrom } from './commands/kafka/commands-from.controller.js';
import { PublicCommands } from './commands/public-commands.js';
import { ForwardedCommandsController, InstanceGuard } from './instances/forwarded-commands.controller.js';
import { ServiceAddress } from './instances/service-address.js';
import { ServiceInstances } from './instances/service-instances.js';
import { ProblemFilter } from './http/problem.filter.js';
import { ServiceLifecycle } from './lifecycle/service-lifecycle.js';
import type { Log } from './logging/log.js';
import { OpenApiController, OpenApiDocument } from './openapi/open-api.controller.js';
import { HealthController } from './operations/health.controller.js';
import { Metrics } from './operations/metrics.js';
import { MetricsController } from './operations/metrics.controller.js';
import { ProgressController } from './operations/progress.controller.js';
import type { ServiceSettings, ServiceStorage } from './options/service-options.js';
import { EventLogTransport } from './reactions/event-log-transport.js';
import { HeldStreamsOfService } from './reactions/held/held-streams.js';
import { ParkedReactionsController } from './reactions/held/parked-reactions.controller.js';
import { ParkedReactionsDesk } from './reactions/held/parked-reactions-desk.js';
import { ServicePersonalData } from './personal/service-personal-data.js';
import type { ServiceDefinition } from './service-definition.js';
import { LOG, PLATFORM, SERVICE, SETTINGS, STORAGE } from './service-tokens.js';
import { LogWatch } from './store/log-watch.js';
import { OwnEventStore } from './store/own-event-store.js';
import { StreamsController } from './streams/streams.controller.js';

export interface ServiceSurroundings {
  readonly settings: ServiceSettings;
  readonly storage: ServiceStorage;
  readonly log: Log;
  /** Providers that stand in for those of every service. */
  readonly replaced?: readonly Provider[];
}

const EVERY_SERVICE: Type[] = [HealthController, MetricsController, OpenApiController];
const WRITING_SERVICE: Type[] = [StreamsController, ProgressController, ParkedReactionsController, CommandsController];
const SERVICE_OF_SEVERAL: Type[] = [ForwardedCommandsController];

/** What every service has: its surroundings by name, its parts' life cycle, its own event store, health, metrics, OpenAPI. */
export class ServiceModule {
  static forService(
    service: ServiceDefinition,
    { settings, storage, log, replaced = [] }: ServiceSurroundings,
  ): DynamicModule {
    const values: Provider[] = [
      { provide: SERVICE, useValue: service },
      { provide: SETTINGS, useValue: settings },
      { provide: STORAGE, useFactory: (watch: LogWatch) => watch.over(storage), inject: [LogWatch] },
      { provide: PLATFORM, useValue: storage.platform },
      { provide: LOG, useValue: log },
    ];
    const shared = [
      ...[ProblemFilter, ServiceLifecycle, LogWatch, ServiceAddress, ServiceInstances, InstanceGuard],
      ...[ServicePersonalData, OwnEventStore, HeldStreamsOfService, EventLogTransport, Metrics, OpenApiDocument],
    ];
    const writes = (service.aggregates ?? []).length > 0;
    const writing = writes ? [HostedAggregates, PublicCommands, ParkedReactionsDesk] : [];
    const routes = writes ? WRITING_SERVICE : [];
    const overKafka = service.commandsTopic === undefined ? [] : [commandsFrom(service.commandsTopic)];
    const isForwardedTo = writes && storage.openInstances && settings.instanceSecret !== undefined;
    const several = isForwardedTo ? SERVICE_OF_SEVERAL : [];
    return {
      module: ServiceModule,
      global: true,
      imports: [DiscoveryModule, TerminusModule.forRoot({ logger: false })],
      controllers: [...EVERY_SERVICE, ...routes, ...overKafka, ...several],
      providers: [...values, ...shared, ...writing, ...replaced],
      exports: [...values, ...shared, ...writing],
    };
  }
}
