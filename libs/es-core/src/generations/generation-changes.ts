import { EsError } from '../errors.js';
import { type Generation, isSame } from './generation.js';
import type { Discard, ProjectionRecord } from './projection-record.js';

/** What becomes of a record; the same object when nothing does. */
export type Change = (record: ProjectionRecord) => ProjectionRecord;

/** There is no generation to roll back to. */
export class NoPreviousGeneration extends EsError {
  constructor(projection: string) {
    super('no-previous-generation', `${projection} has no previous generation`, false, { projection });
  }
}

/**
 * Code of this revision starts. The first generation is live at once. Code of another revision than the live one's fills a
 * new one beside it, or goes on with the one that was live before where the deployment went back; not where a person rolled back.
 */
export const start =
  (revision: number): Change =>
  (record) => {
    const { live, filling, previous, rolledBack } = record;
    if (!live) return { ...withNumberTaken(record), live: next(record, revision) };
    if ([live, filling].some((one) => one?.revision === revision)) return record;
    if (previous?.revision !== revision) return filled(record, revision);
    const { previous: _, ...rest } = record;
    return rolledBack ? record : { ...rest, filling: previous };
  };

/** There is a live generation: one of this revision begins where the record was lost. */
export const ensureLive =
  (revision: number): Change =>
  (record) =>
    record.live ? record : start(revision)(record);

/** A new generation of this revision is filled, unless one is; where none is live it is that at once. */
export const requestRebuild =
  (revision: number): Change =>
  (record) => {
    if (!record.live) return start(revision)(record);
    return record.filling?.revision === revision ? record : filled(record, revision);
  };

/** The filled generation takes the live one's place, if it is still about these two. */
export const promote =
  (from: Generation, to: Generation, at: string): Change =>
  (record) => {
    const { live, filling, rolledBack: _, ...rest } = record;
    if (!live || !filling || !isSame(live, from) || !isSame(filling, to)) return record;
    return { ...rest, live: filling, previous: live, switchedAt: at };
  };

/** Live and previous change places; what is being filled is given up. @throws NoPreviousGeneration */
export const rollBack =
  (projection: string, at: string): Change =>
  ({ live, previous, filling: _, ...rest }) => {
    if (!live || !previous) throw new NoPreviousGeneration(projection);
    return { ...rest, live: previous, previous: live, rolledBack: !rest.rolledBack, switchedAt: at };
  };

/** The previous generation is given up when it became that before `before`; never one that was rolled back from. */
export const expirePrevious =
  (before: string): Change =>
  (record) => {
    const { previous, switchedAt = '', ...rest } = record;
    return previous && !record.rolledBack && switchedAt <= before ? rest : record;
  };

/** The event is not folded into the document from now on; the first who said so stays in the record. */
export const recordDiscard =
  (discard: Discard): Change =>
  (record) => {
    const isKnown = record.discards.some(
      ({ position, document }) => position === discard.position && document === discard.document,
    );
    return isKnown ? record : { ...record, discards: [...record.discards, discard] };
  };

/** The generation begins anew under another number, wherever it is in the record. */
export const recreateLost =
  (lost: Generation): Change =>
  (record) => {
    const fresh = next(record, lost.revision);
    if (isSame(record.live, lost)) return { ...withNumberTaken(record), live: fresh };
    if (isSame(record.filling, lost)) return { ...withNumberTaken(record), filling: fresh };
    return isSame(record.previous, lost) ? { ...withNumberTaken(record), previous: fresh } : record;
  };

const filled = (record: ProjectionRecord, revision: number): ProjectionRecord => ({
  ...withNumberTaken(record),
  filling: next(record, revision),
});

const next = ({ nextNumber }: ProjectionRecord, revision: number): Generation => ({ revision, number: nextNumber });

const withNumberTaken = (record: ProjectionRecord): ProjectionRecord => ({
  ...record,
  nextNumber: record.nextNumber + 1,
});
