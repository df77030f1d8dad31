/** What a verb found out: for programs and for people. */
export interface Result {
  readonly json: object;
  readonly text: string;
  /** False when what was looked at is not as it should be: exit code 1, unless there is another for it. */
  readonly ok?: boolean;
  readonly exitCode?: number;
}

export const printJson = (json: object): void => void process.stdout.write(`${JSON.stringify(json)}\n`);

/** Exactly one JSON object, or text, on standard output. */
export const print = ({ json, text }: Result, asJson: boolean): void => {
  if (asJson) printJson(json);
  else process.stdout.write(`${text}\n`);
};
