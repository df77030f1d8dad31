import { runService } from '@ledgerline/es-nest';
import { environment, readConfig, startOptions } from '@ledgerline/shop-environment';
import { orderService } from './order-service.js';

await runService(orderService.name, async () => {
  const config = readConfig(environment, process.env);
  return { service: orderService, ...(await startOptions(config, config.ORDER_SERVICE_PORT)) };
});
