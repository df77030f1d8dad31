import { EsError } from '@ledgerline/es-core';
import { factsOf } from '../logging/log.js';

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'stop what listens there, or set another port',
  EADDRNOTAVAIL: 'set HOST to an address of this machine',
  ENOTFOUND: 'set HOST to a name or an address of this machine',
  EACCES: 'set a port from 1024 on, which every user may listen on',
};

/** What kept a service from starting: one line for what the surroundings refuse, the stack for a bug. */
export const startFailure = (error: unknown): string => {
  if (error instanceof EsError) return error.message;
  if (isAboutListening(error))
    return `${error.message.replace(/^listen \w+: /, '')}; ${REMEDIES[error.code] ?? 'set another HOST or port'}`;
  return error instanceof Error && error.stack !== undefined ? error.stack : String(factsOf(error)['reason']);
};

interface ListenError {
  readonly code: string;
  readonly message: string;
}

const isAboutListening = (error: unknown): error is ListenError =>
  typeof error === 'object' &&
  error !== null &&
  'syscall' in error &&
  (error.syscall === 'listen' || error.syscall === 'getaddrinfo');
