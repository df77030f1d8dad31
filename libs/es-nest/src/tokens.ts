/* Texts, so that Nest's errors can be read. */

/** What `forRoot` was given. */
export const GIVEN_OPTIONS = 'es:given-options';
/** The same, checked, with what is usual where nothing was said. */
export const OPTIONS = 'es:options';
/** Everything outside the process, as it was given: a spec puts memory in its place. */
export const STORAGE = 'es:storage';
/** The same, its topics watched: what to open them by. */
export const WATCHED_STORAGE = 'es:watched-storage';
export const PLATFORM = 'es:platform';
export const LOG = 'es:log';
