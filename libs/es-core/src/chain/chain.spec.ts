import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { LogRecord } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import { beforeGenesis, Chain, type Commit } from './chain.js';
import { BEFORE_GENESIS, type Envelope, hashOf, recordBytes, toEnvelope, toRecord } from './envelope.js';

const platform: Platform = {
  sha256: (text) => createHash('sha256').update(text).digest('base64url'),
  byteLength: (text) => Buffer.byteLength(text),
  now: () => 0,
  uptime: () => 0,
  randomId: () => 'id',
  random: () => 0.5,
  setTimer: () => () => undefined,
  codeOf: () => 'code',
};

const envelope = (over: Partial<Envelope> = {}): Envelope => ({
  // eslint-disable-next-line shop/no-names -- the hash of this very record is known
  ...{ kind: 'event', key: 'order-1', value: '{"a":1}', id: 'order-1@1', type: 'OrderCreated.v1', source: 'orders' },
  ...{ time: '2026-01-01T00:00:00.000Z', version: 1, index: 1, count: 1, prev: BEFORE_GENESIS, commandId: 'c1' },
  ...{ fingerprint: 'f', correlationId: 'r', causationId: 'k', actor: 'somebody' },
  ...over,
});

const genesis = envelope({ kind: 'genesis', key: '', value: '{"logId":"log-1"}', version: 0, commandId: 'g' });

/** Builds records that follow each other, beginning at `prev`. */
const following = (prev: string, ...parts: Partial<Envelope>[]): { records: LogRecord[]; head: string } => {
  let head = prev;
  const records = parts.map((part) => {
    const next = envelope({ ...part, prev: head });
    head = hashOf(platform, next);
    return toRecord(next);
  });
  return { records, head };
};

/** What a chain emits for these records, as `commandId:version` per commit. */
const emitted = (records: readonly LogRecord[], chain = new Chain(platform, beforeGenesis('log-1'))): string[] =>
  records
    .map((record, offset) => chain.take({ ...record, offset }))
    .filter((commit): commit is Commit => commit !== undefined)
    .map((commit) => commit.map(({ commandId, version }) => `${commandId}:${version}`).join(' '));

const start = following(BEFORE_GENESIS, { ...genesis });

describe('a record as the chain reads it', () => {
  it('comes back from its record unchanged', () => {
    const full = envelope({ owner: 'http://127.0.0.1:1', traceparent: '00-1-2-01', value: '{"ä":"€"}' });
    expect(toEnvelope(toRecord(full))).toEqual(full);
  });

  it.each(['kind', 'version', 'commit', 'prev', 'ce_id', 'ce_type', 'ce_time', 'commandid', 'fingerprint', 'actor'])(
    'is foreign without the header %s',
    (name) => {
      const { [name]: _gone, ...headers } = toRecord(envelope()).headers;
      expect(toEnvelope({ key: 'k', value: '', headers })).toBeUndefined();
    },
  );

  it.each<Readonly<Record<string, string>>>([
    { commit: '2/1' },
    { commit: '0/1' },
    { commit: '1' },
    { version: '-1' },
    { version: '01' },
    { kind: 'note' },
  ])('is foreign with %p', (wrong) => {
    const record = toRecord(envelope());
    expect(toEnvelope({ ...record, headers: { ...record.headers, ...wrong } })).toBeUndefined();
  });

  it('has another hash when any field that is hashed differs', () => {
    const other: Partial<Envelope>[] = [
      { prev: 'x' },
      { key: 'x' },
      { value: 'x' },
      { id: 'x' },
      { type: 'x' },
      { source: 'x' },
      { time: 'x' },
      { kind: 'verdict' },
      { version: 2 },
      { count: 2 },
      { commandId: 'x' },
      { fingerprint: 'x' },
      { correlationId: 'x' },
      { causationId: 'x' },
      { actor: 'x' },
    ];
    const hashes = [{}, ...other].map((over) => hashOf(platform, envelope(over)));
    expect(new Set(hashes).size).toBe(other.length + 1);
  });

  it('has another hash when a character moves from one field to the next', () => {
    expect(hashOf(platform, envelope({ key: 'ab', value: 'c' }))).not.toBe(
      hashOf(platform, envelope({ key: 'a', value: 'bc' })),
    );
  });

  it('keeps its hash under a hint that is not hashed', () => {
    expect(hashOf(platform, envelope({ owner: 'a', traceparent: 'b' }))).toBe(hashOf(platform, envelope()));
  });

  it('is frozen: the hash of a known record never changes', () => {
    expect(hashOf(platform, envelope())).toBe('Cbr4oFBWgrlj2n_jD9WKbE6lS1txxQU3TERU3dgxXfs');
  });

  it('is counted in bytes, not in characters', () => {
    const wide = recordBytes(platform, toRecord(envelope({ value: '€' })));
    expect(wide - recordBytes(platform, toRecord(envelope({ value: 'e' })))).toBe(2);
  });
});

describe('the chain rule', () => {
  const a = following(start.head, { commandId: 'a', version: 1 });
  const b = following(a.head, { commandId: 'b', version: 2 });
  const rival = following(start.head, { commandId: 'rival', version: 1 });
  const two = following(
    a.head,
    { commandId: 'two', version: 2, index: 1, count: 2 },
    { commandId: 'two', version: 3, index: 2, count: 2 },
  );
  const [two1, two2] = two.records as [LogRecord, LogRecord];
  const base = [...start.records, ...a.records];

  it('counts what follows the last record that counted', () => {
    expect(emitted([...base, ...b.records])).toEqual(['g:0', 'a:1', 'b:2']);
  });

  it('refuses the second of two records that name the same one', () => {
    const chain = new Chain(platform, beforeGenesis('log-1'));
    expect(emitted([...start.records, ...rival.records, ...a.records], chain)).toEqual(['g:0', 'rival:1']);
    expect(chain.refused).toBe(1);
  });

  it('refuses a late copy of a record that counted', () => {
    expect(emitted([...base, ...a.records, ...b.records, ...b.records])).toEqual(['g:0', 'a:1', 'b:2']);
  });

  it('passes over foreign records', () => {
    const foreign: LogRecord = { key: 'parcel-1', value: '{}', headers: { kind: 'event' } };
    expect(emitted([foreign, ...start.records, foreign, ...a.records])).toEqual(['g:0', 'a:1']);
  });

  it('passes over records that cannot be read, and counts each of them once, from wherever they are read again', () => {
    const chain = new Chain(platform, beforeGenesis('log-1'), 3);
    const [first] = start.records as [LogRecord];
    chain.take({ ...first, offset: 0 });
    const unreadable = (offset: number, count: number) => ({
      ...{ key: '', value: '', headers: {}, offset, unreadable: count },
    });
    for (const record of [unreadable(1, 4), unreadable(3, 2), unreadable(4, 1_000_000)])
      expect(chain.take(record)).toBeUndefined();
    expect(chain.refused).toBe(1_000_001);
    expect(chain.refusedInARow).toBe(1_000_006);
    expect(chain.take({ ...(a.records[0] as LogRecord), offset: 1_000_004 })).toMatchObject([{ commandId: 'a' }]);
  });

  it('gives a command of several records as a whole', () => {
    expect(emitted([...base, two1, two2])).toEqual(['g:0', 'a:1', 'two:2 two:3']);
  });

  it('gives nothing of a torn commit, and the next record takes its place', () => {
    expect(emitted([...base, two1, ...b.records])).toEqual(['g:0', 'a:1', 'b:2']);
  });

  it('takes a torn commit that is sent again from its beginning', () => {
    expect(emitted([...base, two1, two1, two2])).toEqual(['g:0', 'a:1', 'two:2 two:3']);
  });

  it('lets noise between the records of a commit pass', () => {
    expect(emitted([...base, two1, ...rival.records, two2])).toEqual(['g:0', 'a:1', 'two:2 two:3']);
  });

  it('does not take the end of a commit without its beginning', () => {
    expect(emitted([...base, two2, ...b.records])).toEqual(['g:0', 'a:1', 'b:2']);
  });

  it('does not begin before the genesis of its own log', () => {
    const other = following(BEFORE_GENESIS, { ...genesis, value: '{"logId":"log-2"}' });
    const broken = following(BEFORE_GENESIS, { ...genesis, value: 'not json' });
    expect(emitted([...other.records, ...broken.records, ...base])).toEqual(['g:0', 'a:1']);
  });

  it('refuses a second genesis', () => {
    const again = following(a.head, { ...genesis });
    expect(emitted([...base, ...again.records, ...b.records])).toEqual(['g:0', 'a:1', 'b:2']);
  });

  it('knows its place: ordinal, head, offset and time of the last record that counted', () => {
    const chain = new Chain(platform, beforeGenesis('log-1'));
    emitted([...base, ...rival.records, two1], chain);
    expect(chain.state).toEqual({
      ...{ logId: 'log-1', ordinal: 2, head: a.head, headOffset: 1, time: '2026-01-01T00:00:00.000Z' },
    });
  });

  it('comes to the same from any state on the way', () => {
    const records = [...base, ...rival.records, two1, two1, two2, ...b.records];
    const whole = new Chain(platform, beforeGenesis('log-1'));
    emitted(records, whole);
    for (let stop = 0; stop <= records.length; stop += 1) {
      const first = new Chain(platform, beforeGenesis('log-1'));
      records.slice(0, stop).forEach((record, offset) => first.take({ ...record, offset }));
      const second = new Chain(platform, first.state);
      const from = first.state.headOffset + 1;
      records.slice(from).forEach((record, i) => second.take({ ...record, offset: from + i }));
      expect(second.state).toEqual(whole.state);
    }
  });
});
