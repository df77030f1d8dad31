import type { ZodType } from 'zod';
import { localUrl, type ServiceAddresses } from './environment.js';
import { ConfigInvalid } from './config-invalid.error.js';

/**
 * The configuration that `env` describes; the one place of an app that looks at its environment.
 * @throws ConfigInvalid naming every variable that breaks a rule, and the rule. Values are never repeated: some are secret.
 */
export const readConfig = <Config>(
  schema: ZodType<Config>,
  env: Readonly<Record<string, string | undefined>>,
): Config => {
  const set = Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== '');
  const result = schema.safeParse(Object.fromEntries(set));
  if (result.success) return result.data;
  throw new ConfigInvalid(result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`));
};

export type ShopService = 'order' | 'payment' | 'projection';

/** Where the service is reached: as the environment says, or on its own port of this machine. */
export const serviceUrl = (config: ServiceAddresses, service: ShopService): string => {
  const local = (port: number): string => localUrl(config.HOST, port);
  switch (service) {
    case 'order':
      return config.ORDER_SERVICE_URL ?? local(config.ORDER_SERVICE_PORT);
    case 'payment':
      return config.PAYMENT_SERVICE_URL ?? local(config.PAYMENT_SERVICE_PORT);
    case 'projection':
      return config.PROJECTION_SERVICE_URL ?? local(config.PROJECTION_SERVICE_PORT);
  }
};
