import { setImmediate as others } from 'node:timers/promises';
import { EsError } from '@ledgerline/es-core';
import type { ConversationMetadata } from '../http/request-metadata.js';
import { factsOf, type Log } from '../logging/log.js';
import { type CommandLine, commandLine, idIn, jsonOf } from './command-line.js';
import { handleCommandLine } from './handle-command-line.js';
import type { PublicCommands } from './public-commands.js';
import { failureOf, type VerdictLine } from './verdict-line.js';

/** So many commands of one request wait at once: enough for full batches, and a bound on what one caller takes. */
const WINDOW = 1_000;

/**
 * Runs the commands of one request: at once, but those of one stream in their order. Not atomic: each has its own verdict,
 * and a verdict is written for each line, in the lines' order.
 */
export class CommandRunner {
  /** Streams in which a command may or may not have been recorded: a later one must not overtake it. */
  readonly #uncertain = new Set<string>();

  constructor(
    private readonly commands: PublicCommands,
    private readonly metadata: ConversationMetadata,
    private readonly log: Log,
  ) {}

  async run(lines: readonly string[]): Promise<string> {
    const verdicts: string[] = [];
    for (let first = 0; first < lines.length; first += WINDOW) {
      // Lines that are refused at once wait for nothing: without this no other request would be served meanwhile.
      if (first > 0) await others();
      const window = lines.slice(first, first + WINDOW).map((line) => this.#line(line));
      for (const verdict of await Promise.all(window)) verdicts.push(`${JSON.stringify(verdict)}\n`);
    }
    return verdicts.join('');
  }

  async #line(line: string): Promise<VerdictLine> {
    let id: string | null = null;
    try {
      const value = jsonOf(line);
      id = idIn(value);
      // Submitted before anything is awaited: this is what keeps the order of a stream.
      return await this.#handle(commandLine(value, this.commands));
    } catch (error) {
      return failureOf(id, error) ?? this.#bug(id, error);
    }
  }

  async #handle(line: CommandLine): Promise<VerdictLine> {
    const { stream } = line;
    if (this.#uncertain.has(stream))
      throw new EsError('earlier-command-failed', `an earlier command for ${stream} failed; repeat both`, true);
    try {
      return await handleCommandLine(line, this.metadata, this.commands);
    } catch (error) {
      if (error instanceof EsError && error.retriable) this.#uncertain.add(stream);
      throw error;
    }
  }

  #bug(id: string | null, error: unknown): VerdictLine {
    this.log.error('command-failed', { id, ...factsOf(error) });
    return {
      id,
      status: 'rejected',
      code: 'internal-error',
      detail: 'something went wrong on our side; it was logged',
    };
  }
}
