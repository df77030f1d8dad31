export { projectionService } from './projection-service.js';
export { projections } from './projections.js';
