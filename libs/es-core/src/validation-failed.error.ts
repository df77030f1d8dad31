import { EsError } from './errors.js';
import { type SchemaIssue, stepName } from './schema.js';

/** Which part of a request breaks which rule. */
export interface FieldProblem {
  /** `quantity`, `unitPrice.amount`, `lines.2.sku`, `Idempotency-Key`; empty where it is the whole of it. */
  readonly field: string;
  readonly rule: string;
}

/** So many are named; a body of a megabyte may break a rule a hundred thousand times. */
export const MOST_PROBLEMS = 20;
/** An unknown field is called whatever somebody called it, up to a megabyte. */
export const LONGEST_NAME = 200;

/** The request breaks a rule that can be told without looking at anything else. */
export class ValidationFailed extends EsError {
  readonly problems: readonly FieldProblem[];

  constructor(problems: readonly FieldProblem[]) {
    const named = distinct(problems);
    super('validation-failed', named.map(({ field, rule }) => `${field || 'the body'} ${rule}`).join('; '), false);
    this.problems = named;
  }
}

/** The first of them, each once: one rule may be held in several ways (a length and a form), all of which fail. */
const distinct = (problems: readonly FieldProblem[]): readonly FieldProblem[] => {
  const named = new Map<string, FieldProblem>();
  for (const { field: name, rule } of problems) {
    if (named.size === MOST_PROBLEMS) break;
    const field = shortened(name);
    named.set(`${field} ${rule}`, { field, rule });
  }
  return [...named.values()];
};

const shortened = (name: string): string => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name);

/** Of a field or parameter that nobody asked for. */
export const NOT_KNOWN = 'is not a field that is known here';

/** One entry for each field and rule; an unknown field is named itself, not the object it is in. */
export const fieldProblems = (issues: readonly SchemaIssue[], where = ''): FieldProblem[] =>
  issues.flatMap(({ message, path = [], code, keys = [], expected }) => {
    const names = path.map(stepName);
    const prefix = where === '' ? names : [where, ...names];
    if (code !== 'unrecognized_keys') return [{ field: prefix.join('.'), rule: ruleIn(message, expected) }];
    return keys.map((key) => ({ field: [...prefix, key].join('.'), rule: NOT_KNOWN }));
  });

/** Schemas of ours name their rule; zod's own message is kept where one does not. */
const ruleIn = (message: string, expected?: string): string => {
  if (message.startsWith('must ') || message.startsWith('is ')) return message;
  if (expected === 'nonoptional') return 'is missing';
  return expected === undefined ? `is not valid: ${message}` : `must be of type ${expected}`;
};
