import { EsError } from '@ledgerline/es-core';

/** The service listens, but what it works on is not open yet, or not any more. */
export class ServiceNotReady extends EsError {
  constructor(state: string) {
    super('service-not-ready', `the service is ${state}; try again`, true, { state });
  }
}
