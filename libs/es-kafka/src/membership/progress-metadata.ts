import type { PartitionProgress, ReactorState } from '@ledgerline/es-core/adapter';

/** The metadata of a group's offset: brokers take 4,096 characters of it, so that of each reactor only that is there in which it differs. */
export const metadataOf = ({ reactors, ...all }: PartitionProgress): string =>
  JSON.stringify({
    ...all,
    ...(reactors && {
      reactors: Object.fromEntries(Object.entries(reactors).map(([name, state]) => [name, differenceOf(state, all)])),
    }),
  });

/** Undefined for somebody else's commit, which has none of ours: as if there were no progress. */
export const progressIn = (metadata: string | null): PartitionProgress | undefined => {
  const { reactors, ...given } = objectIn(metadata) as Partial<PartitionProgress>;
  const all = stateIn(given);
  if (!all || !reactors) return all;
  const states = Object.entries(reactors).flatMap(([name, difference]) => {
    const state = stateIn({ ...all, ...difference });
    return state ? [[name, state] as const] : [];
  });
  return { ...all, reactors: Object.fromEntries(states) };
};

/** What is not there is `null` where the whole has it. */
const differenceOf = (state: ReactorState, all: ReactorState): object => ({
  ...Object.fromEntries(Object.entries(state).filter(([field, value]) => value !== all[field as keyof ReactorState])),
  ...(state.historyUntil === undefined && all.historyUntil !== undefined && { historyUntil: null }),
});

const stateIn = (given: Partial<ReactorState>): ReactorState | undefined => {
  const { logId, ordinal, head, headOffset, time, historyUntil } = given;
  return logId !== undefined &&
    ordinal !== undefined &&
    head !== undefined &&
    headOffset !== undefined &&
    time !== undefined
    ? { logId, ordinal, head, headOffset, time, ...(typeof historyUntil === 'string' && { historyUntil }) }
    : undefined;
};

const objectIn = (metadata: string | null): object => {
  try {
    return (JSON.parse(metadata ?? '') ?? {}) as object;
  } catch {
    return {}; // No JSON is as little ours as other JSON is.
  }
};
