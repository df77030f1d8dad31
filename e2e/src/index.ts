export * from './es.js';
export * from './http.js';
export * from './retail-figures.js';
export * from './shop.js';
