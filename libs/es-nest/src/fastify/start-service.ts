import 'reflect-metadata';
import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { COMMANDS_PATH } from '../commands/command-bodies.js';
import { boundBodies } from '../http/bodies-under-way.js';
import {
  closeWhatBecomesIdle,
  fastifyOptions,
  parseBodies,
  refuseQueriesOfWrites,
  refuseWhileClosing,
} from '../http/fastify-options.js';
import { refuseMalformedQueries } from '../http/malformed-query.js';
import { answerOtherMethods } from '../http/other-methods.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { NDJSON_TYPES } from '../http/raw-bodies.js';
import { refuseCodedBodies, refuseDoubtfulHeaders, refuseElsewhere } from '../http/request-headers.js';
import { SchemaPipe } from '../http/schema.pipe.js';
import { FORWARD_PATH, FORWARD_TYPE } from '../instances/forward-path.js';
import { Coordinator } from '../lifecycle/coordinator.js';
import { nestLog } from '../logging/nest-log.js';
import { describeService } from '../openapi/describe-service.js';
import { OpenApiController, OpenApiDocument } from '../openapi/open-api.controller.js';
import { Metrics } from '../operations/metrics.js';
import { openPersonalFields } from '../personal/open-personal-fields.js';
import { ServicePersonalData } from '../personal/service-personal-data.js';
import { awaitReactions } from '../reactions/reacted-to.js';
import { ReactorHost } from '../reactions/reactor-host.js';
import { LOG } from '../tokens.js';

export interface RunningService {
  readonly app: INestApplication;
  readonly url: string;
  /** Resolves when the service is ready. @throws what kept it from it. */
  readonly ready: Promise<void>;
  /** Answers what is being answered, then closes everything. Safe to repeat. */
  close(): Promise<void>;
}

export interface ListenOptions {
  /** 127.0.0.1 unless something else is said. */
  readonly host?: string;
  /** One that is free unless something else is said. */
  readonly port?: number;
}

/**
 * Starts an application with event sourcing in this process, on a strict Fastify: exact JSON, bounded bodies, problems for whatever fails,
 * its OpenAPI document. Resolves when HTTP answers, which is before the service is `ready`.
 * @throws OptionsInvalid, EsError `data-dir-in-use`; an error with code `EADDRINUSE`. Nothing stays open then.
 */
export const startService = async (
  module: Type | DynamicModule,
  { host = '127.0.0.1', port = 0 }: ListenOptions = {},
): Promise<RunningService> => {
  const app = await makeApplication(module);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= app.close());
  try {
    await app.listen({ port, host });
  } catch (error) {
    await close();
    throw error;
  }
  const { ready } = app.get(Coordinator);
  // Whoever started it looks at `ready`; if nobody does, the service is simply never ready.
  ready.catch(() => undefined);
  return { app, url: await app.getUrl(), ready, close };
};

/** The application, with nothing open yet. */
export const makeApplication = async (module: Type | DynamicModule): Promise<NestFastifyApplication> => {
  const root: DynamicModule = {
    module: class Service {},
    imports: [module],
    controllers: [OpenApiController],
    providers: [OpenApiDocument, ProblemFilter],
  };
  const app = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter(fastifyOptions), {
    ...{ bufferLogs: true, bodyParser: false, abortOnError: false },
  });
  app.useLogger(nestLog(app.get(LOG)));
  beStrict(app);
  app.useGlobalFilters(app.get(ProblemFilter));
  app.useGlobalPipes(new SchemaPipe());
  app.get(OpenApiDocument).makeWith(() => describeService(app));
  return app;
};

const beStrict = (app: NestFastifyApplication): void => {
  const fastify = app.getHttpAdapter().getInstance();
  refuseWhileClosing(fastify);
  boundBodies(fastify);
  parseBodies(fastify);
  answerOtherMethods(fastify, FORWARD_PATH);
  refuseDoubtfulHeaders(fastify);
  refuseCodedBodies(fastify);
  refuseMalformedQueries(fastify);
  refuseElsewhere(fastify, NDJSON_TYPES, COMMANDS_PATH);
  refuseElsewhere(fastify, [FORWARD_TYPE], FORWARD_PATH);
  awaitReactions(fastify, app.get(ReactorHost));
  refuseQueriesOfWrites(fastify);
  closeWhatBecomesIdle(fastify);
  openPersonalFields(fastify, app.get(ServicePersonalData));
  const metrics = app.get(Metrics);
  fastify.addHook('onResponse', ({ method, routeOptions }, { statusCode, elapsedTime }, done) => {
    const { url: route = 'none' } = routeOptions;
    metrics.observe({ method, route, status: String(statusCode) }, elapsedTime / 1_000);
    done();
  });
};
