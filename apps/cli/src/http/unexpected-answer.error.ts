import { EsError } from '@ledgerline/es-core';

/** What came is not what a service of this version answers. */
export class UnexpectedAnswer extends EsError {
  constructor(service: string, path: string, options?: { cause?: unknown }) {
    const message = `${service} answered ${path} with something else than expected: is it another version, or another program?`;
    super('unexpected-answer', message, false, { service, path }, options);
  }
}
