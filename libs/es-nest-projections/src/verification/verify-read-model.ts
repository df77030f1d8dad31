import type { StoredDocument } from '@ledgerline/es-core/adapter';
import { differingFields } from './differing-fields.js';
import { type ExpectedDocument, expectedDocuments, type IdRange } from './expected-documents.js';
import { findDivergences } from './find-divergences.js';
import { appliedBy, type ReplayOptions } from './replayed-log.js';
import { inSample, type Sample } from './sample.js';
import type { Divergence, Verification } from './verification.js';

export interface VerifyOptions extends ReplayOptions {
  /** Only these documents; all of them unless said otherwise. */
  readonly sample?: Sample | undefined;
  /** The documents of these ids as well, whether they are in the sample or not. */
  readonly also?: ReadonlySet<string> | undefined;
  /** Stored documents of one pass; twice as many folded ones are kept beside them. 20,000 unless said otherwise. */
  readonly documentsAtOnce?: number;
}

const DOCUMENTS_AT_ONCE = 20_000;
const PAGE = 1_000;
const LISTED = 1_000;

/**
 * Folds the log from its beginning in memory and compares every document. While it runs the projection may go on: each
 * document is compared at the positions that it says it has applied, and at least those that the projection had applied
 * before the document was read. So many documents at once, by id, in as many passes over the log as that takes; where some
 * differ, these are looked at once more.
 * @throws LogDiverged when the log does not even hold what the projection has applied.
 */
export const verifyReadModel = async (options: VerifyOptions): Promise<Verification> => {
  const { sample, also, documentsAtOnce = DOCUMENTS_AT_ONCE } = options;
  const isInSample = inSample(options.platform, sample);
  const isLookedAt = (id: string): boolean => isInSample(id) || also?.has(id) === true;
  const divergent: Divergence[] = [];
  let [checked, passes, uncounted] = [0, 0, 0];
  for (let after: string | undefined, isLast = false; !isLast;) {
    const applied = appliedBy(options.status());
    const page = await storedFrom(options, { after, isLookedAt, most: documentsAtOnce });
    const most = 2 * documentsAtOnce;
    const expected = await expectedDocuments(options, { ...page, isLookedAt, applied, most });
    const { ids, suspects } = compared(page.stored, expected.documents, expected.range);
    const looked = suspects.slice(0, LISTED - divergent.length);
    if (looked.length > 0) divergent.push(...(await findDivergences(options, looked)));
    [checked, passes, uncounted] = [checked + ids, passes + 1, uncounted + suspects.length - looked.length];
    after = expected.range.upTo;
    isLast = after === undefined;
  }
  const divergentCount = divergent.length + uncounted;
  return { checked, passes, divergentCount, divergent, ...(sample && { sample: { ...sample } }) };
};

interface Page {
  readonly after: string | undefined;
  readonly isLookedAt: (id: string) => boolean;
  readonly most: number;
}

/** The stored documents that come next by id, and the range of ids that they are all of. */
const storedFrom = async (
  { store, collection, signal }: VerifyOptions,
  { after, isLookedAt, most }: Page,
): Promise<{ readonly stored: ReadonlyMap<string, StoredDocument>; readonly range: IdRange }> => {
  const stored = new Map<string, StoredDocument>();
  const limit = Math.min(PAGE, most);
  for (let upTo = after; ;) {
    signal?.throwIfAborted();
    const found = await store.find(collection, { limit, ...(upTo !== undefined && { after: upTo }) });
    for (const document of found) if (isLookedAt(document.id)) stored.set(document.id, document);
    if (found.length < limit) return { stored, range: { after, upTo: undefined } };
    upTo = found.at(-1)?.id;
    if (stored.size >= most) return { stored, range: { after, upTo } };
  }
};

/** How many documents of the range there are, here or there, and which of them may differ. */
const compared = (
  stored: ReadonlyMap<string, StoredDocument>,
  expected: ReadonlyMap<string, ExpectedDocument>,
  { upTo }: IdRange,
): { readonly ids: number; readonly suspects: readonly string[] } => {
  let ids = 0;
  const suspects: string[] = [];
  for (const id of new Set([...stored.keys(), ...expected.keys()])) {
    if (upTo !== undefined && id > upTo) continue;
    const [there, given] = [stored.get(id), expected.get(id)];
    if (!there && !given?.document && !given?.failed) continue;
    ids += 1;
    if (!isSame(there, given)) suspects.push(id);
  }
  return { ids, suspects };
};

const isSame = (stored: StoredDocument | undefined, expected: ExpectedDocument | undefined): boolean => {
  if (!stored?.document || !expected?.document || expected.failed) return false;
  return (
    differingFields(expected.document, stored.document).length === 0 &&
    differingFields(expected.positions, stored.positions).length === 0
  );
};
