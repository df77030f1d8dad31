import type { KeyedQueue } from '../keyed-queue.js';

/** What was begun before a mark, and the mark to be reached once all of it is done. */
interface Section<Mark> {
  left: number;
  mark: Mark | undefined;
}

/** So many tasks, and so many characters of the messages they are for. */
export interface LaneLimits {
  readonly tasks: number;
  readonly characters: number;
}

export interface Task {
  readonly lane: string;
  readonly characters: number;
  /** Answers false when it was given up, as one that throws is: no later mark is reached. */
  run(): Promise<boolean>;
}

export interface LanesOptions {
  /** Runs what is of one lane in order; shared by all who may work on the same lanes, one after the other. */
  readonly turns: KeyedQueue;
  readonly limits: LaneLimits;
  readonly onMark: () => void;
  /** Told what a task threw. */
  readonly onTrouble: (error: unknown) => void;
}

/** Sections are merged when there are so many: a task that takes for ever must not make the list grow for ever. */
const TIDY_AT = 64;

/**
 * Runs tasks in order per lane and many lanes at once, and knows the last mark before which everything is done: the place
 * from which work may go on after a crash.
 */
export class Lanes<Mark> {
  #sections: Section<Mark>[] = [];
  #open: Section<Mark> = { left: 0, mark: undefined };
  #done: Mark;
  #tidyAt = TIDY_AT;
  #roomFor: (() => void)[] = [];
  #characters = 0;
  #isStopped = false;
  readonly #underWay = new Set<Promise<void>>();

  constructor(
    start: Mark,
    private readonly options: LanesOptions,
  ) {
    this.#done = start;
    this.#sections.push(this.#open);
  }

  /** The last mark before which everything is done. */
  get done(): Mark {
    return this.#done;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** Marks that are not reached yet, and are remembered. */
  get waitingMarks(): number {
    return this.#sections.length - 1;
  }

  /** Resolves when another task may begin (one may always, however long its message is), or none will. */
  async room(): Promise<void> {
    while (this.#isFull && !this.#isStopped) await new Promise<void>((resolve) => this.#roomFor.push(resolve));
  }

  /** Runs the task behind those of the same lane. */
  run(task: Task): void {
    const section = this.#open;
    section.left += 1;
    this.#characters += task.characters;
    const running = this.#end(task).then((done) => {
      if (done) section.left -= 1;
      this.#characters -= task.characters;
      this.#underWay.delete(running);
      this.#look();
      this.#advance();
    });
    this.#underWay.add(running);
  }

  /** Everything begun so far lies before `mark`. */
  mark(mark: Mark): void {
    this.#open.mark = mark;
    this.#open = { left: 0, mark: undefined };
    this.#sections.push(this.#open);
    this.#advance();
    if (this.#sections.length >= this.#tidyAt) this.#tidy();
  }

  /** Nobody has to wait for room any more. */
  stop(): void {
    this.#isStopped = true;
    this.#look();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** Whatever a task does, its place is free when it has ended. */
  async #end({ lane, run }: Task): Promise<boolean> {
    try {
      return await this.options.turns.run(lane, run);
    } catch (error) {
      this.options.onTrouble(error);
      return false;
    }
  }

  #look(): void {
    for (const resolve of this.#roomFor.splice(0)) resolve();
  }

  get #isFull(): boolean {
    const { tasks, characters } = this.options.limits;
    return this.underWay >= tasks || this.#characters >= characters;
  }

  /** What is done behind a section that is not is reached together with it. */
  #tidy(): void {
    const kept: Section<Mark>[] = [];
    for (const section of this.#sections) {
      const before = kept.at(-1);
      if (before && section.left === 0 && section.mark !== undefined) before.mark = section.mark;
      else kept.push(section);
    }
    this.#sections = kept;
    this.#tidyAt = Math.max(TIDY_AT, 2 * kept.length);
  }

  #advance(): void {
    let first = this.#sections[0];
    let moved = false;
    while (first && first.left === 0 && first.mark !== undefined) {
      this.#done = first.mark;
      moved = true;
      this.#sections.shift();
      first = this.#sections[0];
    }
    if (moved) this.options.onMark();
  }
}
