import { EsError } from '@ledgerline/es-core';
import { z } from 'zod';

/*
 * Where the services are: the variables and usual values that the services have themselves. Read here and not through
 * es-nest, which brings a web framework that takes three times as long to load as everything else of a command line.
 */

const urlRule = 'must be a URL, such as http://127.0.0.1:3001';
const url = z
  .url({ protocol: /^https?$/, error: urlRule })
  .transform((text) => text.replace(/\/+$/, ''))
  .optional();

const portRule = 'must be a port number from 0 to 65535';
const port = (usual: number) =>
  z.coerce
    .number({ error: portRule })
    .int({ error: portRule })
    .min(0, { error: portRule })
    .max(65_535, { error: portRule })
    .default(usual);

/** A host that means every address of the machine is reached on its own. */
const localUrl = (host: string, portNumber: number): string => {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${portNumber}`;
};

const hostRule = 'must be a host name or an address without spaces';
const host = z
  .string()
  .refine((text) => !text.includes('/') && URL.canParse(localUrl(text, 80)), { error: hostRule })
  .default('127.0.0.1');

const addresses = z
  .object({
    HOST: host,
    ...{ ORDER_SERVICE_URL: url, PAYMENT_SERVICE_URL: url, PROJECTION_SERVICE_URL: url },
    ORDER_SERVICE_PORT: port(3001),
    PAYMENT_SERVICE_PORT: port(3002),
    PROJECTION_SERVICE_PORT: port(3003),
  })
  .transform((env) => ({
    orders: env.ORDER_SERVICE_URL ?? localUrl(env.HOST, env.ORDER_SERVICE_PORT),
    payments: env.PAYMENT_SERVICE_URL ?? localUrl(env.HOST, env.PAYMENT_SERVICE_PORT),
    projections: env.PROJECTION_SERVICE_URL ?? localUrl(env.HOST, env.PROJECTION_SERVICE_PORT),
  }));

/** The services' URLs. A variable that is set to nothing is not set. @throws EsError `config-invalid` */
export const serviceUrls = (env: Readonly<Record<string, string | undefined>>): z.output<typeof addresses> => {
  const set = Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== '');
  const { data, error } = addresses.safeParse(Object.fromEntries(set));
  if (data) return data;
  throw new EsError(
    'config-invalid',
    error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; '),
    false,
  );
};

/** The file of the key that signs seals, where the environment names one. */
export const sealKeyFile = (env: Readonly<Record<string, string | undefined>>): string | undefined =>
  z.object({ SEAL_KEY_FILE: z.string().trim().optional() }).parse(env).SEAL_KEY_FILE || undefined;
