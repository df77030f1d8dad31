import { EsError } from '@ledgerline/es-core';
import type { ConversationMetadata } from '../http/request-metadata.js';
import { requireExact } from '../json/require-exact.js';
import { factsOf, type Log } from '../logging/log.js';
import { type CommandLine, commandLine, idIn, jsonOf } from './command-line.js';
import type { CommandWindow } from './command-window.js';
import { handleCommandLine } from './handle-command-line.js';
import type { KnownCommands } from './public-commands.js';
import { inShares } from './shares.js';
import { failureOf, type VerdictLine } from './verdict-line.js';

export interface CommandRunnerOptions {
  readonly commands: KnownCommands;
  readonly metadata: ConversationMetadata;
  /** Shared with the other requests. */
  readonly window: CommandWindow;
  readonly log: Log;
}

/**
 * Runs the commands of one request: many at once, but those of one stream in their order. Not atomic: each has its own verdict,
 * and a verdict is written for each line, in the lines' order.
 */
export class CommandRunner {
  /** Streams in which a command may or may not have been recorded: a later one must not overtake it. */
  readonly #uncertain = new Set<string>();

  constructor(private readonly options: CommandRunnerOptions) {}

  /** What becomes of the lines, in pieces of the answer: no line is begun before somebody wants the piece that it is in. */
  async *answers(lines: Iterable<string>): AsyncGenerator<string> {
    const { window } = this.options;
    const shares = inShares(
      lines,
      (line) => line.length,
      () => window.share,
    );
    for (const { items, bytes } of shares) yield await window.run(bytes, () => this.#share(items));
  }

  async #share(lines: readonly string[]): Promise<string> {
    const verdicts = await Promise.all(lines.map((line) => this.#line(line)));
    return verdicts.map((verdict) => `${JSON.stringify(verdict)}\n`).join('');
  }

  async #line(line: string): Promise<VerdictLine> {
    let id: string | null = null;
    try {
      const value = jsonOf(line);
      id = idIn(value);
      requireExact(line);
      // Submitted before anything is awaited: this is what keeps the order of a stream.
      return await this.#handle(commandLine(value, this.options.commands));
    } catch (error) {
      return failureOf(id, error) ?? this.#bug(id, error);
    }
  }

  async #handle(line: CommandLine): Promise<VerdictLine> {
    const { stream } = line;
    if (this.#uncertain.has(stream))
      throw new EsError('earlier-command-failed', `an earlier command for ${stream} failed; repeat both`, true);
    try {
      return await handleCommandLine(line, this.options.metadata);
    } catch (error) {
      if (error instanceof EsError && error.retriable) this.#uncertain.add(stream);
      throw error;
    }
  }

  #bug(id: string | null, error: unknown): VerdictLine {
    this.options.log.error('command-failed', { id, ...factsOf(error) });
    return {
      id,
      status: 'rejected',
      code: 'internal-error',
      detail: 'something went wrong on our side; it was logged',
    };
  }
}
