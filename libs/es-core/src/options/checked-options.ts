import { EsError } from '../errors.js';

/** Options that somebody gave cannot be used; the message names each of them and the rule it breaks, once, and no value: some are secret. */
export class OptionsInvalid extends EsError {
  constructor(problems: readonly string[]) {
    super('options-invalid', [...new Set(problems)].join('; '), false);
  }
}

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

type Validated<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

/** As Standard Schema has it: a schema of zod is one. */
export interface OptionsSchema<Output> {
  readonly '~standard': { readonly validate: (value: unknown) => Validated<Output> | Promise<Validated<Output>> };
}

/**
 * What the schema makes of the options, defaults included. `of` names whose options they are.
 * @throws OptionsInvalid
 */
export const checkedOptions = <Output>(of: string, schema: OptionsSchema<Output>, options: unknown): Output => {
  const result = schema['~standard'].validate(options);
  if (result instanceof Promise) throw new Error(`the schema of ${of} must not be asynchronous`);
  if (!result.issues) return result.value;
  throw new OptionsInvalid(
    result.issues.map(({ path, message }) =>
      path && path.length > 0 ? `${of}: ${nameOf(path)} ${message}` : `${of}: ${message}`,
    ),
  );
};

const nameOf = (path: NonNullable<Issue['path']>): string =>
  path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
