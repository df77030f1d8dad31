import { runService } from '@ledgerline/es-nest';
import { orderService } from './order-service.js';

await runService(orderService);
