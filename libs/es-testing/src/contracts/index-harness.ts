import assert from 'node:assert/strict';
import type {
  CommandResult,
  IndexBatch,
  RawEvent,
  ReaderState,
  Snapshot,
  StreamIndex,
} from '@ledgerline/es-core/adapter';
import type { ContractCase, ContractHarness } from './contract.js';

/** A fresh index with nothing in it. */
export interface StreamIndexHarness extends ContractHarness {
  readonly index: StreamIndex;
  /** Closes the index and opens it again. */
  readonly reopen?: () => Promise<StreamIndex>;
}

export type IndexAbility = 'reopen';
export type IndexCase = ContractCase<StreamIndexHarness, IndexAbility>;

export const rawEvent = (stream: string, version: number, more: Partial<RawEvent> = {}): RawEvent => ({
  ...{ stream, version, type: 'Tested.v1', data: `{"n":${version}}`, id: `${stream}@${version}` },
  ...{ time: '2026-01-01T00:00:00.000Z', ordinal: version + 1, commandId: `command-${version}` },
  ...{ correlationId: 'conversation-1', causationId: `command-${version}`, actor: 'anonymous', ...more },
});

/** Events of the stream from version `from` to version `to`, both included. */
export const rawEvents = (stream: string, from: number, to: number): RawEvent[] =>
  Array.from({ length: to - from + 1 }, (_, i) => rawEvent(stream, from + i));

export const resultOf = (stream: string, commandId: string, more: Partial<CommandResult> = {}): CommandResult => {
  return { stream, commandId, fingerprint: `of ${commandId}`, version: 1, events: 1, ordinal: 2, ...more };
};

export const snapshotOf = (stream: string, version: number, more: Partial<Snapshot> = {}): Snapshot => {
  return { stream, version, revision: '1', state: `{"n":${version}}`, ...more };
};

export const stateAt = (ordinal: number, more: Partial<ReaderState> = {}): ReaderState => ({
  ...{ logId: 'log-1', ordinal, head: `hash of ${ordinal}`, headOffset: ordinal - 1 },
  ...{ time: '2026-01-01T00:00:00.000Z', ...more },
});

export const batchWith = (parts: Partial<IndexBatch>): IndexBatch => ({
  ...{ partition: 0, readerState: stateAt(1), events: [], results: [], snapshots: [] },
  ...parts,
});

/** All events that the range gives; fails when it gives more than it could. */
export const eventsIn = (index: StreamIndex, stream: string, from = 1, to = Infinity): RawEvent[] => {
  const events: RawEvent[] = [];
  for (const event of index.events(stream, from, to)) {
    events.push(event);
    assert.ok(events.length <= 100_000, `${stream} never ends`);
  }
  return events;
};
