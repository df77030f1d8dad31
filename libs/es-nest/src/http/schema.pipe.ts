import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { parse } from './parse.js';

/**
 * Leads every `@Body({ schema })`, `@Query({ schema })` and `@Param('id', { schema })` through its schema; what breaks a
 * rule is refused with the field and the rule.
 */
export class SchemaPipe implements PipeTransform {
  transform(value: unknown, { schema, type, data }: ArgumentMetadata): unknown {
    if (!schema || type === 'custom') return value;
    return parse(schema, value, data ?? '');
  }
}
