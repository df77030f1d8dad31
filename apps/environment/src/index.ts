export * from './config-invalid.error.js';
export * from './environment.js';
export * from './read-config.js';
export * from './surroundings-of.js';
export * from './storage-of.js';
