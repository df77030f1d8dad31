// Writes down what Jest is at, in JEST_STATE_FILE, after each thing that happens: a process that hangs says nothing any more.
import { renameSync, writeFileSync } from 'node:fs';

export default class JestReporter {
  #underWay = new Set();

  onRunStart() {
    this.#write();
  }

  onTestFileStart({ path }) {
    this.#underWay.add(path);
    this.#write();
  }

  onTestCaseResult() {
    this.#write();
  }

  onTestFileResult({ path }) {
    this.#underWay.delete(path);
    this.#write();
  }

  onRunComplete() {
    this.#write({ isComplete: true });
  }

  #write({ isComplete = false } = {}) {
    const state = process.env.JEST_STATE_FILE;
    // Whoever reads it meets the whole of it, or what was there before.
    writeFileSync(`${state}.next`, JSON.stringify({ isComplete, underWay: [...this.#underWay] }));
    renameSync(`${state}.next`, state);
  }
}
