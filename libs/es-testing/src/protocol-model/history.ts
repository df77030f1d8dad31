import { type LogRecord, provisionChain, type StreamIndex } from '@ledgerline/es-core/adapter';
import { type DecisionResult, foldedTo } from '@ledgerline/es-core/runtime';
import { type SimulatedPlatform, simulatedTime } from '../platform/simulated-time.js';
import { memoryStreamIndex } from '../memory/memory-stream-index.js';
import { Broker, CALM, FaultyLog, type Weather } from './faulty-log.js';
import { type Deviation, Machine } from './machine.js';
import type { Reading, Seen } from './reading.js';
import { CLAIMED, type CommandInput } from './command-input.js';

/** One try of a wish at one machine, and what it was answered. */
export interface Attempt {
  readonly wish: CommandInput;
  /** The highest ordinal that anybody had been answered when this try began. */
  readonly knownOrdinal: number;
  /** The machine that was asked had another one decide it. */
  readonly isHandedOver: boolean;
  outcome?: DecisionResult;
  error?: unknown;
}

/** All that happened, for the judge. */
export interface History {
  readonly seed: number;
  readonly logId: string;
  readonly records: readonly LogRecord[];
  readonly lost: readonly LogRecord[];
  readonly attempts: readonly Attempt[];
  readonly machines: readonly Machine[];
  readonly readings: readonly Reading[];
  /** False when some wish was never answered although the weather had cleared. */
  readonly ended: boolean;
}

const MISCHIEF_MS = 1_500;
const MOST_STEPS = 30_000;
const LAST_WORDS_MS = 1_000;
const GIVE_UP = new Set(['wrong-expected-version', 'append-refused', 'idempotency-key-reused', 'unreadable']);

/** Runs one history: some machines, many wishes, bad weather for a while, crashes, halts, perhaps a lost tail; then calm. */
export const runHistory = async (seed: number, deviation: Deviation = {}): Promise<History> =>
  new World(seed, deviation).run();

class World {
  readonly #world: SimulatedPlatform;
  readonly #broker = new Broker();
  readonly #attempts: Attempt[] = [];
  readonly #machines: Machine[] = [];
  readonly #readings: Reading[] = [];
  #calm = false;
  #logId = '';
  #known = 0;
  #unanswered = 0;

  constructor(
    private readonly seed: number,
    private readonly deviation: Deviation,
  ) {
    this.#world = simulatedTime({ seed });
  }

  async run(): Promise<History> {
    this.#logId = await this.#provisioned();
    for (let i = 1 + this.#upTo(3); i > 0; i -= 1) this.#start(`m${i}`, memoryStreamIndex());
    const wishes = Array.from({ length: 4 + this.#upTo(16) }, (_, i) => this.#wish(i));
    this.#unanswered = wishes.length;
    for (const wish of wishes) this.#world.setTimer(this.#upTo(MISCHIEF_MS), () => void this.#want(wish));
    this.#planMischief();
    let steps = 0;
    while (this.#unanswered > 0 && steps < MOST_STEPS && (await this.#world.runNext())) steps += 1;
    await this.#lastWords();
    const { seed } = this;
    const { records, lost } = this.#broker;
    const told = { attempts: this.#attempts, machines: this.#machines, readings: this.#readings };
    return { seed, logId: this.#logId, records, lost, ...told, ended: this.#unanswered === 0 };
  }

  async #provisioned(): Promise<string> {
    const log = new FaultyLog(this.#broker, this.#world, (run) => run());
    let logId: string | undefined;
    const done = provisionChain(log, this.#world).then((id) => (logId = id));
    while (logId === undefined) await this.#world.runNext();
    return done;
  }

  #start(name: string, index: StreamIndex): void {
    const { reaching = foldedTo } = this.deviation;
    const onReading = (reading: Reading): void => void this.#readings.push(reading);
    const surroundings = { broker: this.#broker, world: this.#world, index, logId: this.#logId };
    const machine = new Machine({ ...surroundings, ...this.deviation, reaching, name, onReading });
    machine.log.weather = this.#weather();
    this.#machines.push(machine);
    machine.start();
    if (this.#world.random() < 0.3) machine.react();
  }

  #planMischief(): void {
    const crashes = this.#upTo(3);
    for (let i = 0; i < crashes; i += 1) this.#world.setTimer(this.#upTo(MISCHIEF_MS), () => this.#crash());
    const halts = this.#upTo(4);
    for (let i = 0; i < halts; i += 1) this.#world.setTimer(this.#upTo(MISCHIEF_MS), () => this.#halt());
    if (this.#world.random() < 0.15)
      this.#world.setTimer(this.#upTo(MISCHIEF_MS), () => this.#broker.loseTail(1 + this.#upTo(4)));
    this.#world.setTimer(MISCHIEF_MS, () => {
      this.#calm = true;
      for (const { log } of this.#machines) log.weather = CALM;
    });
  }

  /** Stops a machine for a while, which does not notice. */
  #halt(): void {
    const victim = this.#pick();
    victim.halt();
    this.#world.setTimer(50 + this.#upTo(2_000), () => victim.goOn());
  }

  /** Whoever was halted goes on, and does what nobody waits for any more. */
  async #lastWords(): Promise<void> {
    for (const machine of this.#machines) machine.goOn();
    await this.#world.advance(LAST_WORDS_MS);
  }

  /** Kills a machine; another takes its place, with its index or with none. */
  #crash(): void {
    const victim = this.#pick();
    // A machine dies once: its index must never have two users.
    if (!victim.alive) return;
    victim.kill();
    const index = this.#world.random() < 0.5 ? memoryStreamIndex() : victim.options.index;
    this.#world.setTimer(this.#upTo(300), () => this.#start(`${victim.options.name}'`, index));
  }

  #weather(): Weather {
    if (this.#calm || this.#world.random() < 0.1) return CALM;
    const chance = (most: number): number => this.#world.random() * most;
    return {
      ...{ loseRequest: chance(0.2), loseResponse: chance(0.3), repeat: chance(0.2), stray: chance(0.3) },
      ...{ refuse: chance(0.1), failRead: chance(0.2) },
    };
  }

  #wish(i: number): CommandInput {
    const conditional = this.#world.random() < 0.2;
    const kind = this.#world.random();
    return {
      ...{ id: `c${i}`, stream: `s-${this.#upTo(3)}`, kind: kind < 0.2 ? 'claim' : kind < 0.35 ? 'release' : 'add' },
      ...{ events: 1 + this.#upTo(3), remember: this.#world.random() < 0.5 },
      expectedVersion: conditional ? this.#upTo(4) : undefined,
    };
  }

  /** Tries until the wish is answered for certain, now and then at two machines at once, now and then once more. */
  async #want(wish: CommandInput): Promise<void> {
    if (this.#world.random() < 0.1) void this.#attempt(wish);
    while (!(await this.#attempt(wish))) await this.#pause(5 + this.#upTo(200));
    if (this.#world.random() < 0.2) await this.#attempt(wish);
    this.#unanswered -= 1;
  }

  async #attempt(wish: CommandInput): Promise<boolean> {
    const [machine, other] = [this.#pick(), this.#pick()];
    const isHandedOver = machine !== other && this.#world.random() < 0.6;
    const attempt: Attempt = { wish, knownOrdinal: this.#known, isHandedOver };
    this.#attempts.push(attempt);
    try {
      attempt.outcome = await Promise.race([
        machine.handle(wish, isHandedOver ? other : undefined),
        this.#pause(500 + this.#upTo(2_000)).then(impatience),
      ]);
      this.#known = Math.max(this.#known, attempt.outcome.ordinal);
      if (this.#world.random() < 0.2) void this.#pick().read(seenIn(wish, attempt.outcome));
      return true;
    } catch (error) {
      attempt.error = error;
      return GIVE_UP.has(codeOf(error)) || this.#machines.every(({ stopped, alive }) => stopped || !alive);
    }
  }

  #pick(): Machine {
    const able = this.#machines.filter(({ alive, stopped }) => alive && !stopped);
    const from = able.length > 0 ? able : this.#machines;
    const machine = from[this.#upTo(from.length)];
    if (!machine) throw new Error('a world without machines');
    return machine;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#world.setTimer(ms, resolve));
  }

  #upTo(n: number): number {
    return Math.floor(this.#world.random() * n);
  }
}

const seenIn = ({ stream }: CommandInput, outcome: DecisionResult): Seen => {
  const { ordinal, version } = outcome;
  return { ordinal, stream, version, wasClaimed: outcome.status === 'rejected' && outcome.rejection.code === CLAIMED };
};

const impatience = (): never => {
  throw new Error('not answered in time');
};

const codeOf = (error: unknown): string => (error as { code?: string } | undefined)?.code ?? '';
