import { EsError, type Rejection } from '@ledgerline/es-core';

/** A business rule said no: what a controller throws so that the caller is answered with the rule. */
export class Rejected extends EsError {
  constructor({ code, reason }: Rejection, retriable = false) {
    // Some rules have no words of their own; and a verdict of before 2026-11 kept the code only.
    super(code, reason ?? code.replaceAll('-', ' '), retriable);
  }
}

/** Nothing is there under this name. `code` ends in `-not-found`. */
export class NotFound extends EsError {
  constructor(code: `${string}-not-found`, message: string) {
    super(code, message, false);
  }
}
