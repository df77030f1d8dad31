import { runService } from '@ledgerline/es-nest';
import { readConfig, startOptions } from '@ledgerline/shop-environment';
import { paymentEnvironment } from './payment-environment.js';
import { PAYMENT_SERVICE, paymentService } from './payment-service.js';

await runService(PAYMENT_SERVICE, async () => {
  const config = readConfig(paymentEnvironment, process.env);
  return { service: paymentService(config), ...(await startOptions(config, config.PAYMENT_SERVICE_PORT)) };
});
