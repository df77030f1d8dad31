import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@ledgerline/local-servers';
import {
  describeServices,
  provisionTopics,
  type RunningServices,
  type ServiceName,
  startServices,
} from '../../scripts/services.mjs';

type Environment = Readonly<Record<string, string | undefined>>;

const URLS = ['ORDER_SERVICE_URL', 'PAYMENT_SERVICE_URL', 'PROJECTION_SERVICE_URL'] as const;

/** True when the environment names services to run against: they are not ours to configure, kill or restart. */
export const isForeign = URLS.some((name) => process.env[name] !== undefined);

/**
 * Three services: those that the environment names, or three processes of our own on a data directory of their own, and on
 * Kafka where the environment names brokers.
 */
export class Shop {
  readonly orders: string;
  readonly payments: string;
  readonly projections: string;
  readonly log: string[] = [];
  readonly #running: RunningServices[] = [];

  private constructor(
    /** For whoever else talks to these services. */
    readonly env: Environment,
    private readonly directory: string | undefined,
  ) {
    const [orders, payments, projections] = describeServices(env).map(({ url }) => url);
    this.orders = env['ORDER_SERVICE_URL'] ?? orders ?? '';
    this.payments = env['PAYMENT_SERVICE_URL'] ?? payments ?? '';
    this.projections = env['PROJECTION_SERVICE_URL'] ?? projections ?? '';
  }

  /** On an empty data directory, or on a copy of the one that another shop has left. */
  static async open(settings: Environment = {}, left?: string): Promise<Shop> {
    if (isForeign) return new Shop(process.env, undefined);
    const directory = await mkdtemp(join(tmpdir(), 'ledgerline-e2e-'));
    if (left !== undefined) await cp(left, directory, { recursive: true });
    const [order, payment, projection] = await freePorts(3);
    const ports = {
      ...{ ORDER_SERVICE_PORT: `${order}`, PAYMENT_SERVICE_PORT: `${payment}` },
      PROJECTION_SERVICE_PORT: `${projection}`,
    };
    // On Kafka every shop has topics of its own, in MongoDB a database.
    const name = `e2e-${randomUUID()}`;
    const own = { DATA_DIR: directory, KAFKA_TOPIC_PREFIX: `${name}.`, MONGODB_URI: databaseOf(name) };
    const shop = new Shop({ ...process.env, LOG_LEVEL: 'warn', ...ports, ...own, ...settings }, directory);
    try {
      await provisionTopics({ env: shop.env });
      await shop.start();
    } catch (error) {
      await shop.close();
      throw new Error(`the services did not start:\n${shop.log.join('\n')}`, { cause: error });
    }
    return shop;
  }

  get dataDirectory(): string {
    if (this.directory === undefined) throw new Error('the data directory of foreign services is not known');
    return this.directory;
  }

  /** Starts all services, or one that was killed, with other settings where there are some, and resolves when they are ready. */
  async start(only?: readonly ServiceName[], settings: Environment = {}): Promise<void> {
    const onLog = (name: string, line: string): void => void this.log.push(`${name}: ${line}`);
    const running = startServices({ env: { ...this.env, ...settings }, onLog, ...(only && { only }) });
    this.#running.push(running);
    await running.ready();
  }

  /** Ends one service as a crash does, and resolves when it is gone. */
  async kill(name: ServiceName): Promise<void> {
    const running = this.#running.find((one) => one.kill(name, 'SIGKILL'));
    if (!running) throw new Error(`${name} does not run`);
    await running.firstEnd;
  }

  /** Ends all services as an operator does, and resolves when they are gone; what they have stored stays. */
  async end(): Promise<void> {
    for (const running of this.#running.splice(0)) await running.stop();
  }

  async close(): Promise<void> {
    await this.end();
    if (this.directory !== undefined) await rm(this.directory, { recursive: true, force: true });
  }
}

const databaseOf = (name: string): string | undefined => {
  const { MONGODB_URI: server } = process.env;
  return server ? Object.assign(new URL(server), { pathname: name }).href : undefined;
};
