import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { Storage } from '@ledgerline/es-core/adapter';
import { type RunningService, startService } from '@ledgerline/es-nest/fastify';
import { type Send, sendTo } from '@ledgerline/es-testing';
import { orderEvents, ordersCommands, paymentEvents, paymentsCommands } from '@ledgerline/events';
import { orderService } from '@ledgerline/order-service';
import { PAYMENT_GATEWAY, type PaymentGateway, paymentEnvironment, paymentService } from '@ledgerline/payment-service';
import { projectionEnvironment, projectionService } from '@ledgerline/projection-service';
import { environment, readConfig, storageOf, type Surroundings, surroundingsOf } from '@ledgerline/shop-environment';
import type { DynamicModule } from '@nestjs/common';
import { Life } from './life.js';
import { mortalStorage } from './mortal-storage.js';
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
    const quick = { LOG_LEVEL: 'silent', VERIFY_SAMPLE_EVERY_S: '0', TOPIC_PARTITIONS: '2' };
    this.env = { ...quick, DATA_DIR: options.directory, ...options.env };
  }

  async open(): Promise<void> {
    const { provision, provisionCommands } = await this.storage();
    for (const { topic } of [orderEvents, paymentEvents]) await provision?.(topic);
    for (const topic of [ordersCommands, paymentsCommands]) await provisionCommands?.(topic);
    await this.startAll();
  }

  /** To look at the shop's logs with. */
  async storage(): Promise<Storage> {
    return this.#onClock(await storageOf(readConfig(environment, this.env)));
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
    const storage = await this.storage();
    storage.openProgress(name).forget();
    const shared = storage.openSharedProgress?.(name);
    await shared?.forget();
    shared?.close();
  }

  /** @throws when the service does not run, or ends before it answers */
  async send(name: ServiceName, ...request: Parameters<Send>): ReturnType<Send> {
    const process = this.#processes.get(name);
    if (!process) throw new Error(`the ${name} does not run`);
    return await sendTo(() => process.running.url)(...request);
  }

  async #startOne(name: ServiceName, life: Life): Promise<RunningService> {
    const { storage, ...told } = await surroundingsOf(name, readConfig(environment, this.env));
    const lived = { ...told, storage: mortalStorage(this.#onClock(storage), life) };
    return await startService(this.#serviceOf(name, lived, life));
  }

  #serviceOf(name: ServiceName, surroundings: Surroundings, life: Life): DynamicModule {
    switch (name) {
      case 'order-service':
        return orderService(surroundings);
      case 'payment-service':
        return withGateway(
          paymentService(readConfig(paymentEnvironment, this.env), surroundings),
          this.options.gateway(life),
        );
      case 'projection-service':
        return projectionService(readConfig(projectionEnvironment, this.env), surroundings);
    }
  }

  #onClock<S extends Storage>(storage: S): S {
    return { ...storage, platform: this.options.clock.on(storage.platform) };
  }
}

/** What the last module says of a provider counts. */
const withGateway = (service: DynamicModule, gateway: PaymentGateway): DynamicModule => ({
  ...service,
  providers: [...(service.providers ?? []), { provide: PAYMENT_GATEWAY, useValue: gateway }],
});
