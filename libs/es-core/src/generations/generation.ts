/** One making of a projection's documents from the log, in a collection of its own. */
export type Generation = {
  /** The projection's, when it was made. */
  readonly revision: number;
  /** From 1, never used again for the same projection. */
  readonly number: number;
};

/** `parcel-page-r2-g5` */
export const collectionOf = (projection: string, { revision, number }: Generation): string =>
  `${projection}-r${revision}-g${number}`;

const OF_A_GENERATION = /^-r\d+(?:-g(\d+))?$/;

/** The number of the generation that the collection was made for; 0 for one from before generations, undefined for any other collection. */
export const numberIn = (projection: string, collection: string): number | undefined => {
  const match = collection.startsWith(projection) ? OF_A_GENERATION.exec(collection.slice(projection.length)) : null;
  return match ? Number(match[1] ?? 0) : undefined;
};

export const isSame = (a: Generation | undefined, b: Generation | undefined): boolean => a?.number === b?.number;
