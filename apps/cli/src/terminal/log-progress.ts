const SAY_EVERY_MS = 5_000;

/** A line on standard error for each partition that is begun, and one now and then while it is read. */
export const logProgress = (
  what: string,
  stream: NodeJS.WritableStream = process.stderr,
): ((partition: string, records: number) => void) => {
  let said = 0;
  return (partition, records) => {
    if (records > 0 && Date.now() - said < SAY_EVERY_MS) return;
    said = Date.now();
    stream.write(`${what} ${partition}${records > 0 ? `: ${records} records` : ''}\n`);
  };
};
