import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { fieldProblems } from './parse.js';
import { ValidationFailed } from './validation-failed.error.js';

/**
 * Leads every `@Body({ schema })`, `@Query({ schema })` and `@Param('id', { schema })` through its schema; what breaks a
 * rule is refused with the field and the rule.
 */
export class SchemaPipe implements PipeTransform {
  transform(value: unknown, { schema, type, data }: ArgumentMetadata): unknown {
    if (!schema || type === 'custom') return value;
    const result = schema['~standard'].validate(value);
    if (result instanceof Promise) throw new Error('a schema of a request answers at once');
    if (result.issues) throw new ValidationFailed(fieldProblems(result.issues, data ?? ''));
    return result.value;
  }
}
