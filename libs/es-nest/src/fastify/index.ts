export { runService, type ServiceToRun } from './run-service.js';
export { startFailure } from './start-failure.js';
export { type ListenOptions, makeApplication, type RunningService, startService } from './start-service.js';
