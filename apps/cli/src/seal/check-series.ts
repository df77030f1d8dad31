import type { ReadSeal, SealedLog } from './seal.js';
import type { Trouble } from './trouble.js';

/** What in a series of seals, in the order of their sequence, cannot be true together. */
export const checkSeries = (seals: readonly ReadSeal[]): readonly Trouble[] =>
  seals.flatMap((seal, i) => {
    const before = seals[i - 1];
    return before ? [...linkTroubles(before, seal), ...headTroubles(before, seal)] : firstTroubles(seal);
  });

/** Numbers of seals, the first and the last included. */
export interface MissingSeals {
  readonly from: number;
  readonly to: number;
}

/** What lies between the given seals and was not given. */
export const missingSeals = (seals: readonly ReadSeal[]): readonly MissingSeals[] =>
  seals.flatMap(({ sequence }, i) => {
    const from = (seals[i - 1]?.sequence ?? sequence) + 1;
    return sequence > from ? [{ from, to: sequence - 1 }] : [];
  });

const firstTroubles = ({ sequence, previous, file }: ReadSeal): readonly Trouble[] =>
  sequence === 1 && previous !== null ? [inconsistent(file, `${file} is the first seal and follows another one`)] : [];

const linkTroubles = (before: ReadSeal, seal: ReadSeal): readonly Trouble[] => {
  const { file, sequence } = seal;
  if (sequence === before.sequence)
    return [inconsistent(file, `${before.file} and ${file} are both seal ${sequence}, and say different things`)];
  if (sequence === before.sequence + 1 && seal.previous !== before.hash)
    return [inconsistent(file, `${file} follows another seal ${before.sequence} than ${before.file}`)];
  return [];
};

const headTroubles = (before: ReadSeal, seal: ReadSeal): readonly Trouble[] =>
  before.logs.flatMap((earlier) => {
    const { topic } = earlier;
    const later = seal.logs.find((log) => log.topic === topic);
    const [was, is] = [before.file, seal.file];
    if (!later) return [inconsistent(is, `${is} says nothing of ${topic}, of which ${was} does`)];
    if (later.logId !== earlier.logId)
      return [inconsistent(is, `${topic} is log ${later.logId} in ${is}, and ${earlier.logId} in ${was}`)];
    return partitionTroubles(earlier, later).map((what) => inconsistent(is, `${what} in ${is}, against ${was}`));
  });

const partitionTroubles = ({ topic, heads }: SealedLog, later: SealedLog): readonly string[] =>
  heads.flatMap(({ partition, ordinal, head }) => {
    const next = later.heads.find((one) => one.partition === partition);
    if (!next) return [`${topic}/${partition} is missing`];
    if (next.ordinal < ordinal) return [`${topic}/${partition} is at ${next.ordinal} after ${ordinal}`];
    if (next.ordinal === ordinal && next.head !== head)
      return [`${topic}/${partition} has another record at ordinal ${ordinal}`];
    return [];
  });

const inconsistent = (file: string, message: string): Trouble => ({ code: 'seals-inconsistent', message, file });
