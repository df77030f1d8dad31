import { runBuilt } from './workspace.mjs';

await runBuilt('benchmarks/dist/main.js', [
  'benchmarks',
  'apps/cli',
  'apps/order-service',
  'apps/payment-service',
  'apps/projection-service',
]);
