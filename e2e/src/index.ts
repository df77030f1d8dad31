export * from './cart-load.js';
export * from './counted-log.js';
export * from './es.js';
export * from './http.js';
export * from './instance.js';
export * from './npm-start.js';
export * from './retail-figures.js';
export * from './shop.js';
