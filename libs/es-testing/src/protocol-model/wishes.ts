import {
  type RawEvent,
  reject,
  type Rejection,
  type StreamFold,
  type Submission,
  type Verdict,
} from '@ledgerline/es-core';

/** What the model's streams are folded to. */
export interface Tally {
  readonly events: number;
  readonly claimedBy: string | undefined;
}

/** `add` records some events; `claim` succeeds once per stream and is rejected afterwards. */
export interface Wish {
  readonly id: string;
  readonly stream: string;
  readonly kind: 'add' | 'claim';
  readonly events: number;
  readonly expectedVersion: number | undefined;
  readonly remember: boolean;
}

/** What an event of the model says: on which version it was decided, and whose it is. */
export interface Mark {
  readonly decidedOn: number;
  readonly kind: Wish['kind'];
  readonly by: string;
}

export const markOf = (data: string): Mark => JSON.parse(data) as Mark;

const counted = ({ events, claimedBy }: Tally, { data }: RawEvent): Tally => {
  const mark = markOf(data);
  return { events: events + 1, claimedBy: mark.kind === 'claim' ? mark.by : claimedBy };
};

export const tallyFold: StreamFold<Tally> = {
  initialState: { events: 0, claimedBy: undefined },
  revision: 'tally',
  evolve: (tally, commit) => commit.reduce(counted, tally),
};

/** The model's one rule, as pure as any decider's. */
export const decideWish = ({ id, kind, events }: Wish, tally: Tally): Verdict => {
  if (kind === 'claim' && tally.claimedBy !== undefined) return reject('claimed') as { rejection: Rejection };
  const data = JSON.stringify({ decidedOn: tally.events, kind, by: id } satisfies Mark);
  return { events: Array.from({ length: kind === 'claim' ? 1 : events }, () => ({ type: 'Marked.v1', data })) };
};

export const submissionOf = (wish: Wish): Submission<Tally> => ({
  ...{ stream: wish.stream, commandId: wish.id, commandType: wish.kind, fingerprint: wish.kind + wish.events },
  metadata: {
    remember: wish.remember,
    ...(wish.expectedVersion !== undefined && { expectedVersion: wish.expectedVersion }),
  },
  fold: tallyFold,
  decide: (tally) => decideWish(wish, tally),
});
