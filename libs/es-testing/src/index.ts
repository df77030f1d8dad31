export * from './platform/seeded-random.js';
export * from './platform/simulated-time.js';
export { testPlatform, type TestPlatform, type TestPlatformOptions } from './platform/test-platform.js';
export * from './specification/decider-specification.js';
export * from './specification/eventually.js';
export { type Documents } from './specification/fold-documents.js';
export * from './specification/permuted-interleavings.js';
export * from './specification/projection-specification.js';
export * from './specification/recorded.js';
