export * from './specification/decider-specification.js';
