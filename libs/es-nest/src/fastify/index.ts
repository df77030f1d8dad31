export { runService } from './run-service.js';
export { type ServiceToRun } from './service-to-run.js';
export { startFailure } from './start-failure.js';
export { type ListenOptions, makeApplication, type RunningService, startService } from './start-service.js';
