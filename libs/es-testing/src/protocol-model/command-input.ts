import { reject } from '@ledgerline/es-core';
import type { EncodedDecision, StreamFold, Submission } from '@ledgerline/es-core/runtime';

/** What the model's streams are folded to. */
export interface Tally {
  readonly events: number;
  readonly claimedBy: string | undefined;
  /** Whether it ever was: that never becomes untrue again. */
  readonly wasClaimed: boolean;
}

/** `add` records some events; `claim` is rejected while the stream is claimed, and `release` while it is not. */
export interface CommandInput {
  readonly id: string;
  readonly stream: string;
  readonly kind: 'add' | 'claim' | 'release';
  readonly events: number;
  readonly expectedVersion: number | undefined;
  readonly remember: boolean;
}

/** What an event of the model says: on which version it was decided, and whose it is. */
export interface Mark {
  readonly decidedOn: number;
  readonly kind: CommandInput['kind'];
  readonly by: string;
}

export const markOf = (data: string): Mark => JSON.parse(data) as Mark;

const counted = ({ events, claimedBy, wasClaimed }: Tally, data: string): Tally => {
  const { kind, by } = markOf(data);
  if (kind === 'add') return { events: events + 1, claimedBy, wasClaimed };
  return { events: events + 1, claimedBy: kind === 'claim' ? by : undefined, wasClaimed: true };
};

const NOTHING: Tally = { events: 0, claimedBy: undefined, wasClaimed: false };

/** What the events' data fold to, behind `tally` or from the beginning. */
export const tallyOf = (data: readonly string[], tally = NOTHING): Tally => data.reduce(counted, tally);

export const tallyFold: StreamFold<Tally> = {
  initialState: NOTHING,
  revision: 'tally',
  evolve: (tally, commit) =>
    tallyOf(
      commit.map(({ data }) => data),
      tally,
    ),
};

/** The code with which a claim is rejected. */
export const CLAIMED = 'claimed';

/** The model's one rule, as pure as any decider's. */
export const decideInput = ({ id, kind, events }: CommandInput, tally: Tally): EncodedDecision => {
  const isClaimed = tally.claimedBy !== undefined;
  if (kind === (isClaimed ? 'claim' : 'release')) return reject(isClaimed ? CLAIMED : 'not-claimed');
  const data = JSON.stringify({ decidedOn: tally.events, kind, by: id } satisfies Mark);
  return { events: Array.from({ length: kind === 'add' ? events : 1 }, () => ({ type: 'Marked.v1', data })) };
};

/** The names by which a submission was handed over, or withdraws what was. */
export type Handover = Pick<Submission, 'handover' | 'withdraws'>;

export const submissionOf = (wish: CommandInput, handover: Handover = {}): Submission<Tally> => ({
  ...handover,
  ...{ stream: wish.stream, commandId: wish.id, commandType: wish.kind, fingerprint: wish.kind + wish.events },
  metadata: {
    remember: wish.remember,
    ...(wish.expectedVersion !== undefined && { expectedVersion: wish.expectedVersion }),
  },
  fold: tallyFold,
  decide: (tally) => decideInput(wish, tally),
});
