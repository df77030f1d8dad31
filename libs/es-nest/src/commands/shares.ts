/** Commands that are begun together. */
export interface Share<Item> {
  readonly items: readonly Item[];
  /** What they count in a `CommandWindow`. */
  readonly bytes: number;
}

/** Enough commands for full batches of the log, and few enough that a turn of somebody else comes soon. */
const MOST_ITEMS = 256;
const MOST_BYTES = 256 * 1024;
/** What a command takes beside its text, so that a bound in bytes bounds their number as well. */
const EACH = 1024;

/** The items in their order, in shares of at most 256 and 256 KiB; an item that is larger is a share of its own. */
export function* inShares<Item>(items: Iterable<Item>, bytesOf: (item: Item) => number): Generator<Share<Item>> {
  let share: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    const more = Math.max(EACH, bytesOf(item));
    if (share.length === MOST_ITEMS || (share.length > 0 && bytes + more > MOST_BYTES)) {
      yield { items: share, bytes };
      share = [];
      bytes = 0;
    }
    share.push(item);
    bytes += more;
  }
  if (share.length > 0) yield { items: share, bytes };
}
