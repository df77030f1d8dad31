import { describe, expect, it } from '@jest/globals';
import type { ReactorState } from '@ledgerline/es-core/adapter';
import { metadataOf, progressIn } from './progress-metadata.js';

const state = (ordinal: number, historyUntil?: string): ReactorState => ({
  ...{
    logId: '0f8fad5b-d9cb-469f-a165-70867728950e',
    ordinal,
    head: `${ordinal}`.padEnd(64, 'f'),
    headOffset: ordinal,
  },
  ...{ time: '2026-11-29T10:00:00.000Z', ...(historyUntil !== undefined && { historyUntil }) },
});

describe('the progress of reactors as the metadata of an offset', () => {
  it.each([
    ['of before each reactor had its own', state(7)],
    ['of one reactor', { ...state(7), reactors: { a: state(7) } }],
    ['of several', { ...state(3, 'h'), reactors: { a: state(7), b: state(3, 'h'), c: state(9, 'i') } }],
  ])('%s is read as it was written', (_, progress) => {
    expect(progressIn(metadataOf(progress))).toEqual(progress);
  });

  it('of one reactor is hardly longer than that of before', () => {
    const before = JSON.stringify(state(7));
    expect(metadataOf({ ...state(7), reactors: { shipping: state(7) } }).length - before.length).toBeLessThan(40);
  });

  it('of fourteen reactors that are all at different places is as much as a broker takes', () => {
    const reactors = Object.fromEntries(
      Array.from({ length: 14 }, (_, i) => [`reactor-number-${i}`, state(1_000_000_000 + i)]),
    );
    expect(metadataOf({ ...state(1_000_000_000), reactors }).length).toBeLessThan(4_096);
  });

  it.each([null, '', 'nonsense', 'null', '7', '[]', '{"ordinal":3}'])(
    'is none where somebody else committed %j',
    (metadata) => {
      expect(progressIn(metadata)).toBeUndefined();
    },
  );
});
