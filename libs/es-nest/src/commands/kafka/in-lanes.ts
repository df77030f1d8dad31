/**
 * Deals with items in order per lane, and with many lanes at once. An item for which `deal` answers false ends its lane.
 * Answers the first item, in the order of all, that was not dealt with.
 */
export const inLanes = async <Item extends object>(
  items: readonly Item[],
  laneOf: (item: Item) => string,
  deal: (item: Item) => Promise<boolean>,
): Promise<Item | undefined> => {
  const lanes = new Map<string, Item[]>();
  for (const item of items) {
    const lane = lanes.get(laneOf(item));
    if (lane) lane.push(item);
    else lanes.set(laneOf(item), [item]);
  }
  const left = new Set<Item | undefined>(await Promise.all([...lanes.values()].map((lane) => firstLeft(lane, deal))));
  return items.find((item) => left.has(item));
};

const firstLeft = async <Item extends object>(
  lane: readonly Item[],
  deal: (item: Item) => Promise<boolean>,
): Promise<Item | undefined> => {
  for (const item of lane) if (!(await deal(item))) return item;
  return undefined;
};
