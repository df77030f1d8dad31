import type { Rejection } from '../decider.js';

/** The value of a verdict record: what a command that recorded nothing was answered. */
export const verdictValue = (rejection: Rejection | undefined): string =>
  JSON.stringify(rejection ? { rejection: rejection.code } : {});

/** The rejection's code in a verdict's value; undefined when the command was accepted and recorded nothing. */
export const rejectionIn = (value: string): string | undefined => {
  const { rejection } = JSON.parse(value) as { rejection?: string };
  return rejection;
};
