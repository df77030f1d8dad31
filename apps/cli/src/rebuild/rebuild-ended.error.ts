import { EsError } from '@ledgerline/es-core';

/** The generation that was filled will not take over by itself. */
export class RebuildEnded extends EsError {
  constructor(name: string, number: number, why: string) {
    super('rebuild-ended', `generation ${number} of ${name} does not take over: ${why}`, false, { name, number });
  }
}
