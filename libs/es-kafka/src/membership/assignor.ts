/** Partitions by their topic. */
export type Partitions = Readonly<Record<string, readonly number[]>>;

export interface GroupTopic {
  readonly topic: string;
  readonly partitions: number;
}

export interface Claimant {
  readonly memberId: string;
  /** What it was given last; it keeps of it as much as is fair. */
  readonly owned: Partitions;
}

/**
 * Who is given what: within each topic no member has two partitions more than another, nobody gives up what it may keep, and
 * the same members with the same claims lead to the same answer, in whatever order they are named.
 */
export const assign = (
  members: readonly Claimant[],
  topics: readonly GroupTopic[],
): ReadonlyMap<string, Partitions> => {
  const claimants = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const totals = new Map(claimants.map(({ memberId }) => [memberId, 0]));
  const given = new Map<string, Record<string, readonly number[]>>(claimants.map(({ memberId }) => [memberId, {}]));
  for (const topic of [...topics].sort((a, b) => (a.topic < b.topic ? -1 : 1)))
    for (const [memberId, partitions] of assignTopic(claimants, topic, totals)) {
      (given.get(memberId) ?? {})[topic.topic] = partitions;
      totals.set(memberId, (totals.get(memberId) ?? 0) + partitions.length);
    }
  return given;
};

const assignTopic = (
  claimants: readonly Claimant[],
  { topic, partitions }: GroupTopic,
  totals: ReadonlyMap<string, number>,
): ReadonlyMap<string, number[]> => {
  const given = new Map<string, number[]>(claimants.map(({ memberId }) => [memberId, []]));
  const free = new Set(Array.from({ length: partitions }, (_, partition) => partition));
  const least = Math.floor(partitions / claimants.length);
  let oneMore = partitions % claimants.length;
  const take = (memberId: string, partition: number): boolean => {
    const has = given.get(memberId) ?? [];
    if (!free.has(partition) || has.length > least || (has.length === least && oneMore === 0)) return false;
    if (has.length === least) oneMore -= 1;
    has.push(partition);
    return free.delete(partition);
  };
  for (const { memberId, owned } of byMostOwned(claimants, topic))
    for (const partition of owned[topic] ?? []) take(memberId, partition);
  for (const partition of [...free]) {
    const [next] = [...given.keys()].sort(
      (a, b) => countOf(given, a) - countOf(given, b) || (totals.get(a) ?? 0) - (totals.get(b) ?? 0),
    );
    if (next !== undefined) take(next, partition);
  }
  for (const has of given.values()) has.sort((a, b) => a - b);
  return given;
};

/** Where one member may keep one more than the others, it is one that has so many. */
const byMostOwned = (claimants: readonly Claimant[], topic: string): readonly Claimant[] =>
  [...claimants].sort((a, b) => (b.owned[topic]?.length ?? 0) - (a.owned[topic]?.length ?? 0));

const countOf = (given: ReadonlyMap<string, readonly number[]>, memberId: string): number =>
  given.get(memberId)?.length ?? 0;
