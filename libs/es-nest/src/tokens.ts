/* Texts, so that Nest's errors can be read. */

/** What `forRoot` was given. */
export const GIVEN_OPTIONS = 'es:given-options';
/** The same, checked, with what is usual where nothing was said. */
export const OPTIONS = 'es:options';
export const STORAGE = 'es:storage';
export const PLATFORM = 'es:platform';
export const LOG = 'es:log';
