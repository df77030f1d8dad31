import { serviceUrls } from '../environment.js';
import { ServiceClient } from './service-client.js';

/** The connections to the three services. */
export interface Shop {
  readonly orders: ServiceClient;
  readonly payments: ServiceClient;
  readonly projections: ServiceClient;
}

/** Runs with the services that the environment names, and closes the connections afterwards. */
export const withShop = async <T>(run: (shop: Shop) => Promise<T>): Promise<T> => {
  const { orders, payments, projections } = serviceUrls(process.env);
  const shop = {
    orders: new ServiceClient({ name: 'order-service', url: orders }),
    payments: new ServiceClient({ name: 'payment-service', url: payments }),
    projections: new ServiceClient({ name: 'projection-service', url: projections }),
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
