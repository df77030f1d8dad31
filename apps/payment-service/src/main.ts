import { runService } from '@ledgerline/es-nest/fastify';
import { readConfig, surroundingsOf } from '@ledgerline/shop-environment';
import { paymentEnvironment } from './payment-environment.js';
import { PAYMENT_SERVICE, paymentService } from './payment-service.js';

await runService(PAYMENT_SERVICE, async () => {
  const config = readConfig(paymentEnvironment, process.env);
  const { HOST: host, PAYMENT_SERVICE_PORT: port } = config;
  return { module: paymentService(config, await surroundingsOf(PAYMENT_SERVICE, config)), host, port };
});
