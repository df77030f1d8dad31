/** Commands that are begun together. */
export interface Share<Item> {
  readonly items: readonly Item[];
  /** What they count in a `CommandWindow`. */
  readonly bytes: number;
}

/** What a command takes beside its text, so that a bound in bytes bounds their number as well. */
const EACH = 1024;

/**
 * The items in their order, in shares of as many bytes as `most` answers for each, or of one item that is larger. An item counts
 * as a KiB at least.
 */
export function* inShares<Item>(
  items: Iterable<Item>,
  bytesOf: (item: Item) => number,
  most: () => number,
): Generator<Share<Item>> {
  let share: Item[] = [];
  let bytes = 0;
  let limit = most();
  for (const item of items) {
    const more = Math.max(EACH, bytesOf(item));
    if (share.length > 0 && bytes + more > limit) {
      yield { items: share, bytes };
      share = [];
      bytes = 0;
      limit = most();
    }
    share.push(item);
    bytes += more;
  }
  if (share.length > 0) yield { items: share, bytes };
}
