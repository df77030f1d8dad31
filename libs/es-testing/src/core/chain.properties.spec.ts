import { describe, expect, it } from '@jest/globals';
import type { ReaderState, StoredRecord } from '@ledgerline/es-core/adapter';
import { beforeGenesis, Chain, type Commit, hashOf, toEnvelope, toRecord } from '@ledgerline/es-core/runtime';
import { seededRandom } from '../platform/seeded-random.js';
import { testPlatform } from '../platform/test-platform.js';

/** `CHAIN_SEED=n` stirs other soups. */
const SEED = Number(process.env['CHAIN_SEED'] ?? 1);
const SOUPS = 60_000;

/** A name for each text: the rule needs hashes that differ, and so many soups need them fast. */
const names = new Map<string, string>();
const nameOf = (text: string): string => {
  const name = names.get(text) ?? `h${names.size}`;
  names.set(text, name);
  return name;
};
const platform = { ...testPlatform({ seed: 0 }), sha256: nameOf, byteLength: (text: string) => text.length };

type Bare = Omit<StoredRecord, 'offset'>;

/** A record behind `prev`, and its hash. */
const following = (prev: string, commandId: string, index: number, count: number): { one: Bare; hash: string } => {
  const envelope = { ...PLAIN, id: commandId, version: index, index, count, prev, commandId };
  return { one: toRecord(envelope), hash: hashOf(platform, envelope) };
};

const PLAIN = {
  ...{ kind: 'event' as const, key: 's-1', value: '{}', type: 'E.v1', source: 's', time: 't' },
  ...{ fingerprint: 'f', correlationId: 'c', causationId: 'c', actor: 'a' },
};

const genesis = toRecord({
  ...{ kind: 'genesis', key: '', value: '{"logId":"soup"}', id: 'g', type: 'Genesis', source: 's', time: 't' },
  ...{ version: 0, index: 1, count: 1, prev: '', commandId: 'g', fingerprint: '', correlationId: '' },
  ...{ causationId: '', actor: '' },
});

const genesisHash = (): string => {
  const envelope = toEnvelope(genesis);
  if (!envelope) throw new Error('genesis is not a record of ours');
  return hashOf(platform, envelope);
};

/**
 * A log as bad weather leaves it: commits behind some head of before (mostly the newest), torn, repeated, swapped, with
 * single records and foreign ones between them.
 */
const soup = (
  seed: number,
): { readonly records: readonly StoredRecord[]; readonly sizes: ReadonlyMap<string, number> } => {
  names.clear();
  const random = seededRandom(seed);
  const upTo = (n: number): number => Math.floor(random() * n);
  const heads = [genesisHash()];
  const sizes = new Map<string, number>([['g', 1]]);
  const sent: Bare[][] = [[genesis]];
  const log: Bare[] = [genesis];
  for (let i = 0, batches = 2 + upTo(3); i < batches; i += 1) {
    const count = 1 + upTo(3);
    let prev = heads[random() < 0.7 ? heads.length - 1 : upTo(heads.length)] ?? '';
    const batch = Array.from({ length: count }, (_, n) => {
      const { one, hash } = following(prev, `c${i}`, n + 1, count);
      prev = hash;
      return one;
    });
    sizes.set(`c${i}`, count);
    sent.push(batch);
    const weather = random();
    if (weather < 0.2) log.push(...batch.slice(0, upTo(count + 1)));
    else if (weather < 0.3) log.push(...batch.slice(upTo(count)));
    else if (weather < 0.4) log.push(...batch.toReversed());
    else log.push(...batch);
    if (random() < 0.7) heads.push(prev);
    if (random() < 0.3) log.push(...(sent[upTo(sent.length)] ?? []));
    if (random() < 0.2) log.push({ key: 'x', value: '{}', headers: { kind: 'event' } });
    if (random() < 0.2) log.push(log[upTo(log.length)] ?? genesis);
  }
  return { records: log.map((one, offset) => ({ ...one, offset })), sizes };
};

const read = (records: readonly StoredRecord[], chain: Chain): Commit[] =>
  records.flatMap((one) => {
    const commit = chain.take(one);
    return commit ? [commit] : [];
  });

/** The rule as the design states it, word by word: `commandId:count` of each commit. */
const byTheBook = (records: readonly StoredRecord[]): string => {
  let [head, tip] = ['', ''];
  let open: string[] = [];
  const commits: string[] = [];
  for (const one of records) {
    const envelope = toEnvelope(one);
    if (!envelope || (envelope.prev !== tip && envelope.prev !== head)) continue;
    open = envelope.prev === tip ? [...open, envelope.commandId] : [envelope.commandId];
    tip = hashOf(platform, envelope);
    if (envelope.index < envelope.count) continue;
    commits.push(`${envelope.commandId}:${open.length}`);
    [head, open] = [tip, []];
  }
  return commits.join(' ');
};

const fingerprint = (commits: readonly Commit[]): string =>
  commits
    .map((commit) => commit.map(({ hash: h, ordinal, offset }) => `${h}@${ordinal}/${offset}`).join('+'))
    .join(' ');

describe(`the chain rule, on ${SOUPS} soups of records from seed ${SEED}`, () => {
  it('gives no torn commit and none twice, and all readers agree wherever they start', () => {
    let several = 0;
    let refused = 0;
    for (let seed = SEED; seed < SEED + SOUPS; seed += 1) {
      const { records, sizes } = soup(seed);
      const chain = new Chain(platform, beforeGenesis('soup'));
      const commits: Commit[] = [];
      const states: ReaderState[] = [];
      for (const one of records) {
        const commit = chain.take(one);
        if (!commit) continue;
        commits.push(commit);
        states.push(chain.state);
      }
      const wrongs: string[] = [];
      const book = byTheBook(records);
      if (commits.map((commit) => `${commit[0].commandId}:${commit.length}`).join(' ') !== book)
        wrongs.push(`it is not ${book}`);
      const seen = new Set<string>();
      let ordinal = 0;
      let head = '';
      for (const commit of commits) {
        const [{ commandId }] = commit;
        if (commit.length !== sizes.get(commandId)) wrongs.push(`${commandId} is torn`);
        if (seen.has(commandId)) wrongs.push(`${commandId} counts twice`);
        seen.add(commandId);
        commit.forEach((one, i) => {
          if (one.ordinal !== (ordinal += 1)) wrongs.push(`${commandId} has ordinal ${one.ordinal}, not ${ordinal}`);
          if (one.prev !== head || one.index !== i + 1) wrongs.push(`${commandId} is not in its place`);
          head = one.hash;
        });
      }
      // A reader that goes on from any state sees the rest alike.
      const at = Math.floor(seededRandom(seed)() * commits.length);
      const state = states[at] ?? chain.state;
      const end = state.headOffset + 1;
      const later = new Chain(platform, state);
      const rest = read(records.slice(end), later);
      if (fingerprint(rest) !== fingerprint(commits.slice(at + 1))) wrongs.push(`a reader from ${end} on disagrees`);
      if (later.state.head !== chain.state.head) wrongs.push('the heads differ');
      if (wrongs.length > 0) throw new Error(`seed ${seed}: ${wrongs.join('; ')}`);
      several += commits.some((commit) => commit.length > 1) ? 1 : 0;
      refused += chain.refused > 0 ? 1 : 0;
    }
    // The soups are worth their salt: most have commits of several records, and most have noise.
    expect(several).toBeGreaterThan(SOUPS / 2);
    expect(refused).toBeGreaterThan(SOUPS / 2);
  }, 60_000);

  it.each([1, 2, 3])('gives nothing else for a change of one byte than what comes before it (seed %d)', (seed) => {
    const { records } = soup(seed);
    const whole = read(records, new Chain(platform, beforeGenesis('soup')));
    for (const [i, commit] of whole.entries())
      for (const { offset } of commit.slice(0, -1)) {
        const edited = records.map((one) => (one.offset === offset ? { ...one, value: '{"edited":1}' } : one));
        const commits = read(edited, new Chain(platform, beforeGenesis('soup')));
        expect(fingerprint(commits.slice(0, i))).toBe(fingerprint(whole.slice(0, i)));
        expect(commits.flat().some((one) => one.value === '{"edited":1}' && one.offset === offset)).toBe(false);
      }
  });
});
