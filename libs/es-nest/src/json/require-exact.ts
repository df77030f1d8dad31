import { ValidationFailed } from '@ledgerline/es-core';
import { type FieldProblem, LONGEST_NAME, MOST_PROBLEMS, NOT_KNOWN, wellFormedRule } from '@ledgerline/es-core/runtime';
import { ONCE } from '../http/request-metadata.js';
import { isExact } from './exact-number.js';

/**
 * Refuses what `JSON.parse`, which has to have taken the text before, changes without a word: equal names, of which it takes the
 * last one, numbers with more digits than are kept, half of a surrogate pair, and `__proto__`.
 * @throws ValidationFailed naming the fields
 */
export const requireExact = (json: string): void => {
  const problems = new ExactScan(json).problems();
  if (problems.length > 0) throw new ValidationFailed(problems);
};

/** An object or a list that the scan is inside of. */
interface Container {
  /** Those that an object had so far. */
  readonly names: Set<string> | undefined;
  /** The name, or the place in the list, of what comes next. */
  at: string | number;
}

/** One pass over a text that is known to be JSON; it runs for every command, so nothing is copied but names. */
class ExactScan {
  readonly #problems: FieldProblem[] = [];
  readonly #containers: Container[] = [];
  readonly #mayBeIllFormed: boolean;
  #isName = false;

  constructor(private readonly json: string) {
    this.#mayBeIllFormed = json.includes('\\') || !json.isWellFormed();
  }

  problems(): readonly FieldProblem[] {
    for (let at = 0; at < this.json.length && this.#problems.length < MOST_PROBLEMS;) at = this.#take(at);
    return this.#problems;
  }

  /** Answers where the next part begins. */
  #take(start: number): number {
    switch (this.json[start]) {
      case '{':
        return this.#enter({ names: new Set(), at: '' }, start);
      case '[':
        return this.#enter({ names: undefined, at: 0 }, start);
      case '}':
      case ']':
        this.#containers.pop();
        this.#isName = false;
        return start + 1;
      case ',':
        return this.#takeComma(start);
      case '"':
        return this.#takeText(start);
      default:
        return this.#takeOther(start);
    }
  }

  #enter(container: Container, start: number): number {
    this.#containers.push(container);
    this.#isName = container.names !== undefined;
    return start + 1;
  }

  #takeComma(start: number): number {
    const container = this.#containers.at(-1);
    this.#isName = container?.names !== undefined;
    if (typeof container?.at === 'number') container.at += 1;
    return start + 1;
  }

  #takeText(start: number): number {
    const end = endOfText(this.json, start);
    const isName = this.#isName;
    if (isName || this.#mayBeIllFormed) {
      const text = this.#textIn(start, end);
      if (isName) this.#takeName(text);
      if (this.#mayBeIllFormed && !text.isWellFormed()) this.#refuse(wellFormedRule);
    }
    this.#isName = false;
    return end;
  }

  #textIn(start: number, end: number): string {
    const text = this.json.slice(start + 1, end - 1);
    return this.#mayBeIllFormed && text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
  }

  #takeName(name: string): void {
    const container = this.#containers.at(-1);
    if (!container?.names) return;
    container.at = name;
    if (container.names.has(name)) this.#refuse(ONCE);
    if (name === '__proto__') this.#refuse(NOT_KNOWN);
    container.names.add(name);
  }

  /** A number, or what says nothing here: white space, a colon, a letter of true, false and null. */
  #takeOther(start: number): number {
    if (!beginsNumber(this.json[start])) return start + 1;
    let end = start + 1;
    while (IN_NUMBERS.has(this.json[end])) end += 1;
    const number = this.json.slice(start, end);
    if (!isExact(number))
      this.#refuse(`must be a number that is kept as it is; this one would become ${Number(number)}`);
    return end;
  }

  #refuse(rule: string): void {
    // A part takes a character at least, its dot: those behind would be cut off, and a text may be a hundred thousand deep.
    const parts = this.#containers.slice(0, LONGEST_NAME + 2);
    this.#problems.push({ field: parts.map(({ at }) => at).join('.'), rule });
  }
}

/** The place behind the quote that ends the text. */
const endOfText = (json: string, start: number): number => {
  let end = start + 1;
  while (json[end] !== '"') end += json[end] === '\\' ? 2 : 1;
  return end + 1;
};

const beginsNumber = (character = ''): boolean => character === '-' || (character >= '0' && character <= '9');

/** None is behind the last one: a text may end there. */
const IN_NUMBERS: ReadonlySet<string | undefined> = new Set('0123456789-+.eE');
