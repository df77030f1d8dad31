import { EsError } from '@ledgerline/es-core';

/** The environment cannot be used; the message names each variable and the rule it breaks, once. */
export class ConfigInvalid extends EsError {
  constructor(problems: readonly string[]) {
    super('config-invalid', [...new Set(problems)].join('; '), false);
  }
}
