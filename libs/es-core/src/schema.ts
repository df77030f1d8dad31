/** What a schema says of a value that is not as it has to be. The fields behind `path` are zod's, read where they are there. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly code?: string | undefined;
  readonly keys?: readonly string[];
  readonly expected?: string;
}

type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/**
 * A schema of any library that has Standard Schema (standardschema.dev), such as zod; one that answers later is refused. Where it has
 * Standard JSON Schema too, snapshots and documentation know what it takes.
 */
export interface Schema<Output = unknown, Input = Output> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    readonly jsonSchema?: {
      readonly input: (options: {
        readonly target: 'draft-2020-12' | 'openapi-3.0';
        readonly libraryOptions?: Record<string, unknown>;
      }) => Record<string, unknown>;
    };
  };
}

type TypesOf<S extends Schema> = NonNullable<S['~standard']['types']>;
/** What the schema takes. */
export type InputOf<S extends Schema> = TypesOf<S>['input'];
/** What the schema answers. */
export type OutputOf<S extends Schema> = TypesOf<S>['output'];

export const isSchema = (value: unknown): value is Schema =>
  (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;

/** The value as the schema answers it, or what is wrong with it. @throws Error naming `what` the value is, for a schema that answers later */
export const checked = <Output>(schema: Schema<Output>, value: unknown, what: string): SchemaResult<Output> => {
  const result = schema['~standard'].validate(value);
  if (!(result instanceof Promise)) return result;
  // What it comes to is of no use, and must not end the process either.
  result.catch(() => undefined);
  throw new Error(`${what}: its schema cannot follow the value, or answers later (no schema may be asynchronous)`);
};

/** What is wrong, in one line. */
export const issuesText = (issues: readonly SchemaIssue[]): string =>
  issues.map(({ path = [], message }) => `${path.map(stepName).join('.') || 'it'}: ${message}`).join('; ');

export const stepName = (step: PropertyKey | { readonly key: PropertyKey }): string =>
  String(typeof step === 'object' ? step.key : step);

/** What the schema takes, as JSON Schema; undefined where it cannot say so. */
export const jsonSchemaOf = (
  schema: Schema,
  target: 'draft-2020-12' | 'openapi-3.0' = 'draft-2020-12',
): Record<string, unknown> | undefined =>
  schema['~standard'].jsonSchema?.input({ target, libraryOptions: { unrepresentable: 'any' } });
