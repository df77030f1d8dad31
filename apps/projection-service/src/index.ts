export { projectionEnvironment } from './projection-environment.js';
export { projectionService } from './projection-service.js';
export { projections } from './projections.js';
