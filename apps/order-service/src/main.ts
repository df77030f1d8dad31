import { runService } from '@ledgerline/es-nest/fastify';
import { environment, readConfig, surroundingsOf } from '@ledgerline/shop-environment';
import { ORDER_SERVICE, orderService } from './order-service.js';

await runService(ORDER_SERVICE, async () => {
  const config = readConfig(environment, process.env);
  const { HOST: host, ORDER_SERVICE_PORT: port } = config;
  return { module: orderService(await surroundingsOf(ORDER_SERVICE, config)), host, port };
});
