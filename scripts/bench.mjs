import { runBuilt } from './workspace.mjs';

await runBuilt('benchmarks/dist/main.js', [
  'benchmarks',
  'cli',
  'order-service',
  'payment-service',
  'projection-service',
]);
