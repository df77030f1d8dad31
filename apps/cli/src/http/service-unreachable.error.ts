import { EsError } from '@ledgerline/es-core';

/** Nobody answers where the service should be, or it went away in the middle of an answer. */
export class ServiceUnreachable extends EsError {
  constructor(service: string, url: string, options?: { cause?: unknown }) {
    super(
      'service-unreachable',
      `${service} does not answer at ${url}: is it running? \`npm start\` starts the services`,
      true,
      { service, url },
      options,
    );
  }
}
