/** What a service's providers may ask for by name. */
export const SERVICE = Symbol('ServiceDefinition');
export const SETTINGS = Symbol('ServiceSettings');
export const STORAGE = Symbol('Storage');
export const PLATFORM = Symbol('Platform');
export const LOG = Symbol('Log');
