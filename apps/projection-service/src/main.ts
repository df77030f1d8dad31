import { runService } from '@ledgerline/es-nest';
import { readConfig, startOptions } from '@ledgerline/shop-environment';
import { projectionEnvironment } from './projection-environment.js';
import { PROJECTION_SERVICE, projectionService } from './projection-service.js';

await runService(PROJECTION_SERVICE, async () => {
  const config = readConfig(projectionEnvironment, process.env);
  return { service: projectionService(config), ...(await startOptions(config, config.PROJECTION_SERVICE_PORT)) };
});
