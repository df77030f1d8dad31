import type { Rejection } from '../aggregate/decision.js';

/** The value of a verdict record: what a command that recorded nothing was answered. */
export const verdictValue = (rejection: Rejection | undefined): string => {
  if (!rejection) return '{}';
  const { code, reason } = rejection;
  return JSON.stringify({ rejection: code, reason });
};

/**
 * The rejection in a verdict's value; undefined when the command was accepted and recorded nothing. Verdicts of before
 * 2026-11 have no reason.
 */
export const rejectionIn = (value: string): Rejection | undefined => {
  const { rejection: code, reason } = JSON.parse(value) as { rejection?: string; reason?: string };
  return code === undefined ? undefined : { code, ...(reason !== undefined && { reason }) };
};
