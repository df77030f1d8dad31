export * from './lock/lock-data-dir.js';
export * from './log/open-embedded-log.js';
export * from './node-platform.js';
export * from './read-models/open-embedded-read-models.js';
export { makeDirectory } from './storage/data-dir.js';
export * from './storage/data-dir-unusable.error.js';
export * from './storage/environment-damaged.error.js';
export * from './stream-index/open-embedded-index.js';
