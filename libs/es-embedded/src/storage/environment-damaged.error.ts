import { EsError } from '@ledgerline/es-core';

/** What lies at `path` is not the environment that was expected there, or no longer a whole one. Nothing was changed. */
export class EnvironmentDamaged extends EsError {
  constructor(path: string, what: string, remedy: string, options?: { cause?: unknown }) {
    super('environment-damaged', `${path}: ${what}; ${remedy}`, false, { path, what }, options);
  }
}
