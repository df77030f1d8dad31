import { runService } from '@ledgerline/es-nest/fastify';
import { rehearseReadModels } from '@ledgerline/es-nest-projections';
import { readConfig, surroundingsOf } from '@ledgerline/shop-environment';
import { projectionEnvironment } from './projection-environment.js';
import { PROJECTION_SERVICE, projectionService } from './projection-service.js';
import { projections } from './projections.js';

await runService(PROJECTION_SERVICE, async () => {
  const config = readConfig(projectionEnvironment, process.env);
  const { HOST: host, PROJECTION_SERVICE_PORT: port } = config;
  const surroundings = await surroundingsOf(PROJECTION_SERVICE, config);
  const rehearse = () => rehearseReadModels(projections, surroundings.storage);
  return { module: projectionService(config, surroundings), host, port, rehearse };
});
