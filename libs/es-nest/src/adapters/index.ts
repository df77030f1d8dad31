/*
 * What the environment names, for programs that are no service. `@ledgerline/es-nest/adapters` brings no web framework, which takes
 * three times as long to load as everything else of a command line.
 */
export * from '../config/environment.js';
export * from '../config/read-config.js';
export * from './adapters.js';
export * from './find-logs.js';
export * from '../reactions/held/doubt-outcomes.js';
