export interface JestEnd {
  readonly code: number;
  /** What was not shown, and why it was given up. */
  readonly text: string;
  readonly passed: number;
  readonly failed: number;
}

export function runJest(
  config: string,
  options: {
    /** Where the results are written. */
    readonly directory: string;
    readonly show?: boolean;
    readonly env?: Readonly<Record<string, string | undefined>>;
    /** How long no case may end, and how long Jest may take to end behind the last one, in milliseconds. */
    readonly caseWithin?: number;
    readonly exitWithin?: number;
  },
): Promise<JestEnd>;
