import { median, type Result, resultOf } from '../measure.js';

/** Events a second, and the documents that were written for all of them. */
export interface Round {
  readonly ours: number;
  readonly rawRead: number;
  readonly rawWrite: number;
  /** Of the slower of the two, while both are at it; 0 where that was not measured. */
  readonly rawTogether: number;
  readonly writes: number;
}

/** The medians, beside the slower of the two things that projecting takes at the least. */
export const besideRaw = (what: Pick<Result, 'name' | 'inFlight'>, rounds: readonly Round[]): Result => {
  const of = (figure: keyof Round): number => Math.round(median(rounds.map((round) => round[figure])));
  const [rawRead, rawWrite, rawTogether, writes] = [of('rawRead'), of('rawWrite'), of('rawTogether'), of('writes')];
  return {
    ...resultOf(what, rateOf(of('ours')), rateOf(Math.min(rawRead, rawWrite))),
    ...{ rawRead, rawWrite, writes },
    ...(rawTogether > 0 && { rawTogether }),
  };
};

const rateOf = (perSecond: number) => ({ perSecond, p50Ms: 0, p99Ms: 0 });
