export * from './command-client.js';
export * from './es.js';
export * from './http.js';
export * from './load.js';
export * from './npm-start.js';
export * from './retail-figures.js';
export * from './shop.js';
