import { describe, expect, it } from '@jest/globals';
import type { EventStore, Position } from '@ledgerline/es-core';
import { beforeGenesis, type Preference, Subscription } from '@ledgerline/es-core/runtime';
import fc from 'fast-check';
import { type Opened, Workshop } from './fixtures/opened-store.js';

const SEED = Number(process.env['FC_SEED'] ?? 1);
const RUNS = Number(process.env['FC_RUNS'] ?? 300);
const WITHIN_MS = 60_000;

/** How an instance comes to know what a position says. */
type Knowing = (store: EventStore, position: Position, stream: string) => Promise<unknown>;

const instance = fc.nat(1);
const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant('add' as const), at: instance, n: fc.nat(2) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('advance' as const), at: fc.constant(0), n: fc.nat(60) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('prefer' as const), at: instance, n: fc.constant(0) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('answerLate' as const), at: instance, n: fc.nat(40) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('loseAnswers' as const), at: instance, n: fc.nat(1) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('goDown' as const), at: instance, n: fc.nat(1) }) },
  ),
  { minLength: 5, maxLength: 40 },
);
type Step = typeof steps extends fc.Arbitrary<(infer T)[]> ? T : never;

class MovingPreference implements Preference {
  readonly #listeners = new Set<() => void>();
  #mine = false;

  isMine(): boolean {
    return this.#mine;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  move(mine: boolean): void {
    this.#mine = mine;
    for (const listener of this.#listeners) listener();
  }
}

/**
 * Two instances on one topic. Each acts on all that it reads, and is asked for what the other one answered, of which nobody
 * has told it. One may take itself for the preferred writer while the other one writes.
 */
class Instances {
  readonly #workshop = new Workshop();
  readonly #preferences = [new MovingPreference(), new MovingPreference()];
  readonly #opened: Opened[] = [];
  readonly #following: Subscription[] = [];
  readonly #underWay: Promise<unknown>[] = [];
  readonly #stale: string[] = [];
  #terms = 0;

  constructor(private readonly knowing: Knowing) {}

  async run(plan: readonly Step[]): Promise<void> {
    const { time } = this.#workshop;
    for (const preference of this.#preferences) this.#opened.push(await this.#workshop.open({ preference }));
    for (const opened of this.#opened) this.#follow(opened);
    for (const step of plan) {
      this.#do(step);
      await time.advance(step.do === 'advance' ? step.n : 0);
    }
    for (const { log } of this.#opened) log.isDown = log.losesAnswers = false;
    await this.#workshop.through(Promise.all(this.#underWay));
    await time.advance(1_000);
    await this.#workshop.through(Promise.all(this.#underWay));
    await this.#workshop.through(Promise.all(this.#following.map((one) => one.close())));
    await this.#workshop.close();
    expect(this.#stale).toEqual([]);
  }

  #do({ do: what, at, n }: Step): void {
    const opened = this.#opened[at];
    if (!opened) return;
    if (what === 'add') this.#underWay.push(this.#add(opened, `${n}`));
    else if (what === 'prefer') this.#underWay.push(this.#prefer(at));
    else if (what === 'loseAnswers') opened.log.losesAnswers = n === 1;
    else if (what === 'goDown') opened.log.isDown = n === 1;
    else if (what === 'answerLate')
      opened.log.answerGate = new Promise((resolve) => void this.#workshop.time.setTimer(n, resolve));
  }

  async #add({ jars, store }: Opened, jar: string): Promise<void> {
    const { stream, version } = await jars.handle(jar, { type: 'AddCoins', coins: 1 });
    const [{ ordinal } = { ordinal: 0 }] = store.read(stream, { from: version });
    await Promise.all(this.#opened.map((one) => this.#know(one, { stream, version, ordinal })));
  }

  async #prefer(at: number): Promise<void> {
    this.#terms += 1;
    const term = this.#terms;
    for (const preference of this.#preferences) preference.move(false);
    await this.#opened[at]?.store.catchUp(0);
    if (term === this.#terms) this.#preferences[at]?.move(true);
  }

  #follow(opened: Opened): void {
    const { log, store } = opened;
    const subscription = new Subscription({
      ...{ log, partition: 0, platform: this.#workshop.platform, state: beforeGenesis(store.logId) },
      onTrouble: () => undefined,
      onProgress: ({ commits }) => {
        for (const commit of commits)
          for (const { kind, key: stream, version, ordinal } of commit)
            if (kind === 'event') this.#underWay.push(this.#know(opened, { stream, version, ordinal }));
      },
    });
    subscription.start();
    this.#following.push(subscription);
  }

  async #know(
    { store }: Opened,
    { stream, version, ordinal }: { readonly stream: string; readonly version: number; readonly ordinal: number },
  ): Promise<void> {
    await this.knowing(store, { topic: store.topic, partition: 0, ordinal }, stream);
    const known = store.version(stream);
    if (known < version) this.#stale.push(`${stream} was known up to ${known}, not ${version}`);
  }
}

const waiting: Knowing = (store, position) => store.waitFor(position, WITHIN_MS);
const property = (knowing: Knowing) => fc.asyncProperty(steps, (plan) => new Instances(knowing).run(plan));

describe(`what two instances know, whichever takes itself for the preferred writer (seed ${SEED})`, () => {
  it(`is no older than what they act on and are asked for, in ${RUNS} histories`, async () => {
    await fc.assert(property(waiting), { seed: SEED, numRuns: RUNS });
  }, 120_000);

  it.each<[string, Knowing]>([
    ['what is folded by then', () => Promise.resolve()],
    ['the log only where the other one is expected to write', (store, _, stream) => store.ensureUpToDate(stream)],
  ])('is older where they look at %s, which shows within as many', async (_, knowing) => {
    const { failed, errorInstance } = await fc.check(property(knowing), {
      ...{ seed: SEED, numRuns: RUNS, endOnFailure: true },
    });
    expect(failed).toBe(true);
    expect(String(errorInstance)).toMatch(/was known up to/);
  });
});
