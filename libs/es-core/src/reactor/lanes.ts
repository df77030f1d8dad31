/** What was begun before a mark, and the mark to be reached once all of it is done. */
interface Section<Mark> {
  left: number;
  mark: Mark | undefined;
}

/** Sections are merged when there are so many: a task that takes for ever must not make the list grow for ever. */
const TIDY_AT = 64;

/**
 * Runs tasks in order per lane and many lanes at once, and knows the last mark before which everything is done: the place
 * from which work may go on after a crash.
 */
export class Lanes<Mark> {
  readonly #lanes = new Map<string, Promise<void>>();
  #sections: Section<Mark>[] = [];
  #open: Section<Mark> = { left: 0, mark: undefined };
  #done: Mark;
  #underWay = 0;
  #tidyAt = TIDY_AT;
  #roomFor: (() => void)[] = [];

  constructor(
    start: Mark,
    private readonly maxUnderWay: number,
    private readonly onMark: () => void,
  ) {
    this.#done = start;
    this.#sections.push(this.#open);
  }

  /** The last mark before which everything is done. */
  get done(): Mark {
    return this.#done;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** Marks that are not reached yet, and are remembered. */
  get waitingMarks(): number {
    return this.#sections.length - 1;
  }

  /** Resolves when another task may begin. */
  async room(): Promise<void> {
    while (this.#underWay >= this.maxUnderWay) await new Promise<void>((resolve) => this.#roomFor.push(resolve));
  }

  /** Runs the task behind those of the same lane. A task that answers false was given up: no later mark is reached. */
  run(lane: string, task: () => Promise<boolean>): void {
    const section = this.#open;
    section.left += 1;
    this.#underWay += 1;
    const run = async (): Promise<void> => {
      if (await task()) section.left -= 1;
      this.#underWay -= 1;
      for (const resolve of this.#roomFor.splice(0)) resolve();
      this.#advance();
    };
    const running = (this.#lanes.get(lane) ?? Promise.resolve()).then(run);
    this.#lanes.set(lane, running);
    void running.then(() => this.#lanes.get(lane) === running && this.#lanes.delete(lane));
  }

  /** Everything begun so far lies before `mark`. */
  mark(mark: Mark): void {
    this.#open.mark = mark;
    this.#open = { left: 0, mark: undefined };
    this.#sections.push(this.#open);
    this.#advance();
    if (this.#sections.length >= this.#tidyAt) this.#tidy();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#lanes.values());
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
    if (moved) this.onMark();
  }
}
