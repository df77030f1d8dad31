import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import {
  type Adapters,
  adaptersFor,
  environment,
  readConfig,
  type RunningService,
  type ServiceConfig,
  type ServiceDefinition,
  startService,
} from '@ledgerline/es-nest';
import { type Send, sendTo } from '@ledgerline/es-testing';
import { orderEvents, ordersCommands, paymentEvents, paymentsCommands } from '@ledgerline/events';
import { orderService } from '@ledgerline/order-service';
import { PAYMENT_GATEWAY, type PaymentGateway, paymentService } from '@ledgerline/payment-service';
import { projectionService } from '@ledgerline/projection-service';
import type { Type } from '@nestjs/common';
import { Life } from './life.js';
import { mortalAdapters } from './mortal-adapters.js';
import type { ShopClock } from './shop-clock.js';

export const SERVICES = ['order-service', 'payment-service', 'projection-service'] as const;
export type ServiceName = (typeof SERVICES)[number];

export interface InProcessShopOptions {
  readonly directory: string;
  /** Beside the data directory and the ports. */
  readonly env: Readonly<Record<string, string>>;
  /** Who moves the money, as one process reaches it. */
  readonly gateway: (life: Life) => PaymentGateway;
  readonly clock: ShopClock;
}

interface Process {
  readonly life: Life;
  readonly running: RunningService;
}

/** The three services in this one process, each of which may be stopped, killed, robbed of what it keeps, and started again. */
export class InProcessShop {
  readonly #processes = new Map<ServiceName, Process>();
  /** Of the services, and of whoever else works on their logs. */
  readonly env: Readonly<Record<string, string>>;

  constructor(private readonly options: InProcessShopOptions) {
    const ports = { ORDER_SERVICE_PORT: '0', PAYMENT_SERVICE_PORT: '0', PROJECTION_SERVICE_PORT: '0' };
    const quick = { LOG_LEVEL: 'silent', VERIFY_SAMPLE_EVERY_S: '0', TOPIC_PARTITIONS: '2' };
    this.env = { ...ports, ...quick, DATA_DIR: options.directory, ...options.env };
  }

  async open(): Promise<void> {
    const { provision, provisionCommands } = await this.adapters();
    for (const { topic } of [orderEvents, paymentEvents]) await provision?.(topic);
    for (const topic of [ordersCommands, paymentsCommands]) await provisionCommands?.(topic);
    await this.startAll();
  }

  /** To look at the shop's logs with. */
  async adapters(): Promise<Adapters> {
    return this.#onClock(await adaptersFor(readConfig(environment, this.env)));
  }

  runs(name: ServiceName): boolean {
    return this.#processes.has(name);
  }

  /** Resolves when it is ready. */
  async start(name: ServiceName): Promise<void> {
    const life = new Life();
    const running = await this.#startOne(name, life);
    this.#processes.set(name, { life, running });
    await running.ready;
  }

  async startAll(): Promise<void> {
    await Promise.all(SERVICES.filter((name) => !this.runs(name)).map((name) => this.start(name)));
  }

  async stop(name: ServiceName): Promise<void> {
    const process = this.#processes.get(name);
    this.#processes.delete(name);
    await process?.running.close();
  }

  /** From the call on nothing that it does has any effect, and nobody is answered. Resolves when it has let go of its files. */
  kill(name: ServiceName): Promise<void> {
    const process = this.#processes.get(name);
    process?.life.end();
    (process?.running.app.getHttpServer() as Server | undefined)?.closeAllConnections();
    return this.stop(name);
  }

  async close(): Promise<void> {
    await Promise.all(SERVICES.map((name) => this.stop(name)));
  }

  /** What the service reads from its topic to answer from; of the projection service, the read models. While it is stopped. */
  async loseIndex(name: ServiceName): Promise<void> {
    const part = name === 'projection-service' ? 'read-models' : join('index', name);
    await rm(join(this.options.directory, part), { recursive: true, force: true });
  }

  /** How far the reactors of the service have come, in every place where that is kept. While it is stopped. */
  async loseProgress(name: ServiceName): Promise<void> {
    const adapters = await this.adapters();
    adapters.progress(name).forget();
    const shared = adapters.sharedProgress?.(name);
    await shared?.forget();
    shared?.close();
  }

  /** @throws when the service does not run, or ends before it answers */
  async send(name: ServiceName, ...request: Parameters<Send>): ReturnType<Send> {
    const process = this.#processes.get(name);
    if (!process) throw new Error(`the ${name} does not run`);
    return await sendTo(() => process.running.url)(...request);
  }

  #startOne(name: ServiceName, life: Life): Promise<RunningService> {
    switch (name) {
      case 'order-service':
        return this.#startAs(orderService, life);
      case 'payment-service':
        return this.#startAs(paymentServiceWith(this.options.gateway(life)), life);
      case 'projection-service':
        return this.#startAs(projectionService, life);
    }
  }

  async #startAs<Config extends ServiceConfig>(
    service: ServiceDefinition<Config>,
    life: Life,
  ): Promise<RunningService> {
    const config = readConfig(service.environment, this.env);
    const adapters = mortalAdapters(this.#onClock(await adaptersFor(config)), life);
    return await startService(service, { config, adapters });
  }

  #onClock(adapters: Adapters): Adapters {
    return { ...adapters, platform: this.options.clock.on(adapters.platform) };
  }
}

/** What the last module says of a provider counts. */
const paymentServiceWith = (gateway: PaymentGateway): typeof paymentService => ({
  ...paymentService,
  module: {
    module: paymentService.module as Type,
    providers: [{ provide: PAYMENT_GATEWAY, useValue: gateway }],
  },
});
