export { rehearseServiceTopic } from '../rehearsal/rehearsed-service.js';
export { type ReadModelRehearsal, type ServiceRehearsal } from '../rehearsal/service-rehearsal.js';
