export type ServersErrorCode =
  | 'java-missing'
  | 'maven-missing'
  | 'jars-not-fetched'
  | 'format-failed'
  | 'certificate-failed'
  | 'not-ready'
  | 'not-ended'
  | 'other-brokers'
  | 'plan-unreadable';

/** Something outside is not as it must be; the message says what to do about it. */
export class ServersError extends Error {
  constructor(
    readonly code: ServersErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** True when this machine lacks a program that the servers need. */
  get isPrerequisite(): boolean {
    return this.code === 'java-missing' || this.code === 'maven-missing';
  }
}
