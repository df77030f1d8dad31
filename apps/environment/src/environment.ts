import { isIPv6 } from 'node:net';
import { z } from 'zod';

/*
 * Every variable that all services have in common. A variable that is set to nothing is not set. Messages name the rule;
 * the reader adds the variable's name.
 */

const portRule = 'must be a port number from 0 to 65535';
const port = (usual: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, { error: portRule })
    .transform(Number)
    .refine((number) => number <= 65_535, { error: portRule })
    .default(usual);

const urlRule = 'must be a URL, such as http://127.0.0.1:3001';
const url = z.url({ protocol: /^https?$/, error: urlRule }).transform((text) => text.replace(/\/+$/, ''));

const placeRule =
  'must be no more than a place, such as http://order-service-1:3001: no user, no password, no ? and no #';
const advertisedUrl = url.refine((text) => /^[^@?#]{1,2048}$/.test(text), { error: placeRule });

/** A host that means every address of the machine is reached on its own. */
export const localUrl = (host: string, portNumber: number): string => {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${portNumber}`;
};

const hostRule = 'must be a host name or an address without spaces';
const host = z
  .string()
  .regex(/^[^\s/]{1,255}$/, { error: hostRule, abort: true })
  .refine((text) => URL.canParse(localUrl(text, 80)), { error: hostRule });

/** A whole number in words that a person can act on. */
export const wholeNumber = (least: number, most: number) => {
  const rule = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,12}$/, { error: rule })
    .transform(Number)
    .refine((number) => number >= least && number <= most, { error: rule });
};

const mongoRule = 'must be a mongodb:// or mongodb+srv:// address, such as mongodb://127.0.0.1:27017/ledgerline';
const mongo = z.string().regex(/^mongodb(\+srv)?:\/\/[^\s/]+(\/\S*)?$/, { error: mongoRule });

const brokersRule = 'must be brokers as host:port, separated by commas, such as kafka-1:9092,kafka-2:9092';
const isBroker = (text: string): boolean => {
  const [, host, ipv6, portNumber] = /^(?:([^\s:/,[\]]+)|\[([^\]]+)\]):(\d{1,5})$/.exec(text) ?? [];
  const isPort = Number(portNumber) >= 1 && Number(portNumber) <= 65_535;
  return isPort && (host !== undefined || (ipv6 !== undefined && isIPv6(ipv6)));
};
const brokers = z
  .string()
  .transform((text) => text.split(',').map((broker) => broker.trim()))
  .refine((list) => list.every(isBroker), { error: brokersRule });

const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const mechanism = z
  .string()
  .toLowerCase()
  .pipe(z.enum(mechanisms, { error: `must be one of ${mechanisms.join(', ')}` }));

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export const environment = z.object({
  DATA_DIR: z.string().default('.data'),
  HOST: host.default('127.0.0.1'),
  ORDER_SERVICE_PORT: port(3001),
  PAYMENT_SERVICE_PORT: port(3002),
  PROJECTION_SERVICE_PORT: port(3003),
  ORDER_SERVICE_URL: url.optional(),
  PAYMENT_SERVICE_URL: url.optional(),
  PROJECTION_SERVICE_URL: url.optional(),
  /** Where other instances reach this one. */
  ADVERTISED_URL: advertisedUrl.optional(),
  /** By what the instances of a service know each other. Never repeated. */
  INSTANCE_SECRET: z
    .string()
    .regex(/^[!-~]{32,1024}$/, { error: 'must be 32 to 1024 printable characters without spaces' })
    .optional(),
  /** Of a topic that is made new. */
  TOPIC_PARTITIONS: wholeNumber(1, 1_000).default(4),
  /** So often a service looks whether the settings of its topics have changed. */
  TOPIC_CHECK_S: wholeNumber(1, 3_600).default(30),
  /** So far the clock may be from the log's; past it nothing is recorded. */
  CLOCK_SKEW_LIMIT_S: wholeNumber(1, 999_999_999).default(60),
  LOG_LEVEL: z.enum(levels, { error: `must be one of ${levels.join(', ')}` }).default('info'),
  /** The log is on Kafka where it is set, and embedded where it is not. */
  KAFKA_BROKERS: brokers.optional(),
  KAFKA_SSL: z.enum(['true', 'false'], { error: 'must be true or false' }).optional(),
  /** A file with the authorities to trust, where they are not the system's. */
  KAFKA_SSL_CA: z.string().optional(),
  /** What the names of topics and groups begin with on the cluster, so that several systems may share one. */
  KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/, { error: 'must be 1 to 100 characters of A-Za-z0-9._-' })
    .optional(),
  KAFKA_SASL_MECHANISM: mechanism.optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  /** The read models are in MongoDB where it is set, and embedded where it is not. May hold a password: never repeated. */
  MONGODB_URI: mongo.optional(),
  /** Keys of 32 bytes in base64, the newest first: what the keys of personal data are wrapped with. Never repeated. */
  MASTER_KEY: z.string().optional(),
  /** A file with them, in place of the variable. */
  MASTER_KEY_FILE: z.string().optional(),
});

export type ServiceConfig = z.output<typeof environment>;

/** What tells where the services are. */
export const addresses = environment.pick({
  HOST: true,
  ORDER_SERVICE_PORT: true,
  PAYMENT_SERVICE_PORT: true,
  PROJECTION_SERVICE_PORT: true,
  ORDER_SERVICE_URL: true,
  PAYMENT_SERVICE_URL: true,
  PROJECTION_SERVICE_URL: true,
});

export type ServiceAddresses = z.output<typeof addresses>;
