import { EsError } from '@ledgerline/es-core';

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
