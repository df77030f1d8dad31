import { EsError } from '@ledgerline/es-core';

/** The environment cannot be used; the message names each variable and the rule it breaks. */
export class ConfigInvalid extends EsError {
  constructor(problems: readonly string[]) {
    super('config-invalid', problems.join('; '), false);
  }
}
