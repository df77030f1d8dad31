import type { z } from 'zod';

/** What was recorded is never changed, so neither is the value that says it. */
export type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

/** An event of this name whose data has today's schema. */
export interface EventOf<Name extends string, S extends z.ZodType> {
  readonly type: Name;
  readonly data: Frozen<z.output<S>>;
}

/** A command of this name with its fields beside it; `at` is the decision's time. */
export type CommandOf<Name extends string, Fields> = { readonly type: Name; readonly at: string } & Frozen<Fields>;
