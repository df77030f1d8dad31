export { collectionOf, type Generation } from '../generations/generation.js';
export { Generations, type GenerationsOptions, type GenerationStatus } from '../generations/generations.js';
export { toProjectionRecord } from '../generations/projection-record.js';
export { discardKey, withoutDiscarded } from '../parking/discards.js';
export { DocumentParked, TooManyParked } from '../parking/parking.errors.js';
export { retryParked } from '../parking/retry-parked.js';
export { type Parked } from '../read-models/read-model-store.port.js';
