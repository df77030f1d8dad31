import type { ReadModelStore, StoredDocument } from '@ledgerline/es-core/adapter';
import type { Generations } from '@ledgerline/es-core/generations';

/** A document that is not folded on, and where it is. */
export interface ParkedDocument {
  readonly projection: string;
  readonly collection: string;
  readonly stored: StoredDocument;
}

export interface ParkedPage {
  readonly limit: number;
  /** The last document of the page before. */
  readonly after?: { readonly collection: string; readonly id: string };
}

export interface ParkedIn extends Pick<Generations, 'folded'> {
  readonly projection: string;
  readonly store: Pick<ReadModelStore, 'parked'>;
}

/**
 * Documents that are not folded on, of the generations that are folded here, the live one first. Behind one of a generation
 * that is folded no more it begins again: some may come twice, none is left out.
 */
export const parkedPage = async (
  { projection, folded, store }: ParkedIn,
  { limit, after }: ParkedPage,
): Promise<readonly ParkedDocument[]> => {
  const page: ParkedDocument[] = [];
  for (const collection of folded.slice(Math.max(0, folded.indexOf(after?.collection ?? '')))) {
    const behind = after?.collection === collection ? { after: after.id } : {};
    const found = await store.parked(collection, { limit: limit - page.length, ...behind });
    for (const stored of found) page.push({ projection, collection, stored });
    if (page.length >= limit) break;
  }
  return page;
};
