import 'reflect-metadata';
import type { DynamicModule, INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { takeCommandBodies } from './commands/command-bodies.js';
import { commandTransports } from './commands/kafka/command-transports.js';
import { boundBodies } from './http/bodies-under-way.js';
import {
  closeWhatBecomesIdle,
  fastifyOptions,
  MEGABYTE,
  parseBodies,
  refuseQueriesOfWrites,
  refuseWhileClosing,
} from './http/fastify-options.js';
import { answerOtherMethods } from './http/other-methods.js';
import { ProblemFilter } from './http/problem.filter.js';
import { refuseMalformedQueries } from './http/malformed-query.js';
import { refuseCodedBodies, refuseDoubtfulHeaders } from './http/request-headers.js';
import { SchemaPipe } from './http/schema.pipe.js';
import { FORWARD_PATH } from './instances/forward-path.js';
import { ServiceAddress } from './instances/service-address.js';
import { parseForwarded } from './instances/forwarded-commands.controller.js';
import { ServiceInstances } from './instances/service-instances.js';
import { ServiceLifecycle } from './lifecycle/service-lifecycle.js';
import { type Log, serviceLog } from './logging/log.js';
import { nestLog } from './logging/nest-log.js';
import { describeService } from './openapi/describe-service.js';
import { OpenApiDocument } from './openapi/open-api.controller.js';
import { Metrics } from './operations/metrics.js';
import {
  type ServiceOptions,
  serviceSettings,
  type ServiceSettings,
  type ServiceStorage,
} from './options/service-options.js';
import { openPersonalFields } from './personal/open-personal-fields.js';
import { ServicePersonalData } from './personal/service-personal-data.js';
import { EventLogTransport } from './reactions/event-log-transport.js';
import { awaitReactions } from './reactions/reacted-to.js';
import type { ServiceDefinition } from './service-definition.js';
import { ServiceModule, type ServiceSurroundings } from './service.module.js';

export interface RunningService {
  readonly app: INestApplication;
  readonly url: string;
  /** Resolves when the service is ready. @throws what kept it from it. */
  readonly ready: Promise<void>;
  /** Answers what is being answered, then closes everything. Safe to repeat. */
  close(): Promise<void>;
}

export interface StartOptions extends ServiceOptions {
  readonly storage: ServiceStorage;
  /** One JSON object a line on standard output unless said otherwise. */
  readonly log?: Log;
}

/**
 * Starts the service in this process. Resolves when HTTP answers, which is before the service is `ready`.
 * @throws OptionsInvalid, EsError `data-dir-in-use`; an error with code `EADDRINUSE`. Nothing stays open then.
 */
export const startService = async (
  service: ServiceDefinition,
  { storage, log: given, ...options }: StartOptions,
): Promise<RunningService> => {
  const settings = serviceSettings(service.name, options);
  const log = given ?? serviceLog(service.name, settings.logLevel);
  const lock = await storage.lock(service.name);
  try {
    const app = await makeApplication(service, { settings, storage, log });
    return await startListening(service, { settings, app, lock });
  } catch (error) {
    await lock.close();
    throw error;
  }
};

/** The service's application, with nothing open yet. */
export const makeApplication = async (
  service: ServiceDefinition,
  surroundings: ServiceSurroundings,
): Promise<NestFastifyApplication> => {
  const root: DynamicModule = {
    module: class Service {},
    imports: [ServiceModule.forService(service, surroundings), service.module],
  };
  const app = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter(fastifyOptions), {
    logger: nestLog(surroundings.log),
    bodyParser: false,
    abortOnError: false,
  });
  const fastify = app.getHttpAdapter().getInstance();
  refuseWhileClosing(fastify);
  boundBodies(fastify);
  parseBodies(fastify);
  answerOtherMethods(fastify, FORWARD_PATH);
  refuseDoubtfulHeaders(fastify);
  refuseCodedBodies(fastify);
  refuseMalformedQueries(fastify);
  takeCommandBodies(fastify);
  const instances = app.get(ServiceInstances);
  if (instances.takesForwarded) parseForwarded(fastify, { bodyLimit: MEGABYTE });
  awaitReactions(fastify, app.get(EventLogTransport));
  refuseQueriesOfWrites(fastify);
  closeWhatBecomesIdle(fastify);
  openPersonalFields(fastify, app.get(ServicePersonalData));
  const metrics = app.get(Metrics);
  fastify.addHook('onResponse', (request, reply, done) => {
    metrics.observe(request, reply);
    done();
  });
  app.useGlobalFilters(app.get(ProblemFilter));
  app.useGlobalPipes(new SchemaPipe());
  app.get(OpenApiDocument).makeWith(() => describeService(app, service));
  const onBatchRefused = (): void => metrics.batchRefused();
  const overKafka = await commandTransports(surroundings.storage.commandBroker, {
    ...{ service: service.name, log: surroundings.log, instances, onBatchRefused },
  });
  for (const strategy of [app.get(EventLogTransport), ...overKafka])
    app.connectMicroservice<MicroserviceOptions>({ strategy }, { inheritAppConfig: true });
  return app;
};

interface Started {
  readonly settings: ServiceSettings;
  readonly app: NestFastifyApplication;
  readonly lock: { close(): Promise<void> };
}

const startListening = async (
  service: ServiceDefinition,
  { settings, app, lock }: Started,
): Promise<RunningService> => {
  const lifecycle = app.get(ServiceLifecycle);
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    try {
      await app.close();
    } finally {
      await lock.close();
    }
  };
  const end = (): Promise<void> => (closing ??= close());
  try {
    await app.listen({ port: settings.port, host: settings.host });
  } catch (error) {
    await end();
    throw error;
  }
  const url = await app.getUrl();
  app.get(ServiceAddress).listensOn(url);
  const ready = openAll(lifecycle, app, service);
  // Whoever started it looks at `ready`; if nobody does, the service is simply never ready.
  ready.catch(() => undefined);
  return { app, url, ready, close: end };
};

const openAll = async (
  lifecycle: ServiceLifecycle,
  app: NestFastifyApplication,
  { aggregates = [] }: Pick<ServiceDefinition, 'aggregates'>,
): Promise<void> => {
  await lifecycle.open();
  // What fails may be mended while it runs.
  if (lifecycle.isOpen && aggregates.length > 0) await app.startAllMicroservices();
};
