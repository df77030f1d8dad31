export * from './json-schema.js';
export * from './samples.js';
export * from './stored-schemas.js';
