import type { Schema } from '../schema.js';

/** All shapes that were ever stored under a name, oldest first; the last one of an event that is recorded is today's. */
export interface Versions {
  readonly name: string;
  /** `schemas[0]` is version 1, stored as `<name>.v1`. */
  readonly schemas: readonly Schema[];
  /** `upcasters[0]` leads version 1 to version 2, and so on: one fewer than schemas. */
  readonly upcasters: readonly ((data: never) => unknown)[];
}
