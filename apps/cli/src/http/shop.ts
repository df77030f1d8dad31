import { environment, readConfig, serviceUrl } from '@ledgerline/es-nest';
import { ServiceClient } from './service-client.js';

/** The connections to the three services. */
export interface Shop {
  readonly orders: ServiceClient;
  readonly payments: ServiceClient;
  readonly projections: ServiceClient;
}

/** Runs with the services that the environment names, and closes the connections afterwards. */
export const withShop = async <T>(run: (shop: Shop) => Promise<T>): Promise<T> => {
  const config = readConfig(environment, process.env);
  const shop = {
    orders: new ServiceClient({ name: 'order-service', url: serviceUrl(config, 'order') }),
    payments: new ServiceClient({ name: 'payment-service', url: serviceUrl(config, 'payment') }),
    projections: new ServiceClient({ name: 'projection-service', url: serviceUrl(config, 'projection') }),
  };
  try {
    return await run(shop);
  } finally {
    await Promise.all(Object.values(shop).map((client: ServiceClient) => client.close()));
  }
};

/** @throws ServiceUnreachable, ServiceRefused when one of them does not take requests. */
export const requireReady = async (shop: Shop): Promise<void> => {
  for (const client of Object.values(shop) as ServiceClient[]) await client.require({ path: '/health/ready' });
};
