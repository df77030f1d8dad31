/** What a service's providers may ask for by name. */
export const SERVICE = Symbol('ServiceDefinition');
export const CONFIG = Symbol('ServiceConfig');
export const ADAPTERS = Symbol('Adapters');
export const PLATFORM = Symbol('Platform');
export const LOG = Symbol('Log');
