import { runService } from '@ledgerline/es-nest';
import { paymentService } from './payment-service.js';

await runService(paymentService);
