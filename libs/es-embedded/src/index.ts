export * from './log/open-embedded-log.js';
export * from './node-platform.js';
export * from './storage/environment-damaged.error.js';
