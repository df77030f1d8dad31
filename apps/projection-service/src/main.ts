import { runService } from '@ledgerline/es-nest';
import { projectionService } from './projection-service.js';

await runService(projectionService);
