import { LogUnavailable } from '@ledgerline/es-core';

/** Of a process that may be killed at any moment: nothing that it does from then on has any effect. */
export class Life {
  #isOver = false;

  end(): void {
    this.#isOver = true;
  }

  /** @throws LogUnavailable once it is over */
  check(): void {
    if (this.#isOver) throw new LogUnavailable('the process was killed');
  }
}
