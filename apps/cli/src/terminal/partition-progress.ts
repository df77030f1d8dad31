const SAY_EVERY_MS = 5_000;

interface Reached {
  readonly topic: string;
  readonly partition: number;
  readonly ordinal: number;
  readonly of?: number;
}

/** On standard error: a line with every partition, and one now and then. */
export const partitionProgress = (verb: string): ((reached: Reached) => void) => {
  let [said, saidAt] = ['', 0];
  return ({ topic, partition, ordinal, of }) => {
    const name = `${topic}/${partition}`;
    if (name === said && ordinal !== of && Date.now() - saidAt < SAY_EVERY_MS) return;
    [said, saidAt] = [name, Date.now()];
    process.stderr.write(`${verb} ${name}: ${ordinal}${of === undefined ? '' : ` of ${of}`} records\n`);
  };
};
