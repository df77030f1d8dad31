import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { jsonOrNothing, type ServiceClient } from './service-client.js';
import { ServiceRefused } from './service-refused.error.js';
import { UnexpectedAnswer } from './unexpected-answer.error.js';

/** A line of `POST /commands`. */
export interface ServiceCommand {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly data: unknown;
  /** The conversation that it belongs to; one of its own where there is none. */
  readonly correlationId?: string;
}

const verdictLine = z.object({
  id: z.string(),
  status: z.enum(['accepted', 'repeated', 'rejected']),
  code: z.string().optional(),
  detail: z.string().optional(),
  retriable: z.boolean().optional(),
  position: z.string().optional(),
});

/** What became of one command. */
export type CommandVerdict = z.output<typeof verdictLine>;

/** Well under the 1 MB that a request may have. */
const MAX_REQUEST_BYTES = 800_000;
const MAX_REQUEST_COMMANDS = 1_000;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1_000;
const GIVE_UP_AFTER_MS = 60_000;

/** May be accepted later, but not because the service has less to do then: whoever sent it knows when. */
const NOT_YET = 'payment-not-requested';

/** Of the service, not of the command: the same line may be taken later, and under its id it is recorded once. */
const isBusy = ({ retriable, code }: CommandVerdict): boolean => retriable === true && code !== NOT_YET;

/** Sends many commands in few requests. */
export class CommandSender {
  constructor(
    private readonly client: ServiceClient,
    /** Who wants them, for the audit trail. */
    private readonly actor: string,
  ) {}

  /**
   * Sends the commands in their order and answers their verdicts in that order. What the service cannot take now is sent
   * again under the same id, with growing pauses; what follows it has been taken by then, so send what depends on a
   * command only after its verdict.
   * @throws ServiceUnreachable; ServiceRefused, also when the service could not take a command for a minute.
   */
  async send(commands: readonly ServiceCommand[]): Promise<readonly CommandVerdict[]> {
    const verdicts: CommandVerdict[] = [];
    for (const request of requestsFor(commands)) verdicts.push(...(await this.#untilTaken(request)));
    return verdicts;
  }

  async #untilTaken(commands: readonly Line[]): Promise<readonly CommandVerdict[]> {
    const verdicts = new Map<string, CommandVerdict>();
    const deadline = Date.now() + GIVE_UP_AFTER_MS;
    let waiting = commands;
    for (let ms = FIRST_PAUSE_MS; waiting.length > 0; ms = Math.min(LONGEST_PAUSE_MS, ms * 2)) {
      const late = Date.now() > deadline;
      const { answers, retryAfterMs } = await this.#post(waiting, late);
      waiting = waiting.filter(({ id }, i) => {
        const answer = answers[i];
        if (!answer || (!late && isBusy(answer))) return true;
        verdicts.set(id, answer);
        return false;
      });
      if (waiting.length > 0) await pause(Math.max(ms, retryAfterMs));
    }
    return commands.flatMap(({ id }) => verdicts.get(id) ?? []);
  }

  get #headers(): Readonly<Record<string, string>> {
    return { 'content-type': 'application/x-ndjson', 'x-actor': this.actor };
  }

  /** No answers when the service as a whole is too busy, unless it is too late for another try. */
  async #post(
    lines: readonly Line[],
    late: boolean,
  ): Promise<{ answers: readonly CommandVerdict[]; retryAfterMs: number }> {
    const { status, headers, text } = await this.client.ask({
      ...{ method: 'POST', path: '/commands', headers: this.#headers },
      body: lines.map(({ json }) => json).join('\n'),
    });
    if (status === 503 && !late) return { answers: [], retryAfterMs: 1000 * (Number(headers['retry-after']) || 0) };
    if (status >= 400) throw new ServiceRefused(this.client.address.name, status, jsonOrNothing(text));
    const answers = text.split('\n').flatMap((line) => verdictLine.safeParse(jsonOrNothing(line)).data ?? []);
    if (answers.length !== lines.length || answers.some(({ id }, i) => id !== lines[i]?.id))
      throw new UnexpectedAnswer(this.client.address.name, '/commands');
    return { answers, retryAfterMs: 0 };
  }
}

interface Line {
  readonly id: string;
  readonly json: string;
}

const requestsFor = function* (commands: readonly ServiceCommand[]): Generator<readonly Line[]> {
  let lines: Line[] = [];
  let bytes = 0;
  for (const command of commands) {
    const json = JSON.stringify(command);
    const size = Buffer.byteLength(json) + 1;
    if (lines.length > 0 && (bytes + size > MAX_REQUEST_BYTES || lines.length === MAX_REQUEST_COMMANDS)) {
      yield lines;
      lines = [];
      bytes = 0;
    }
    lines.push({ id: command.id, json });
    bytes += size;
  }
  if (lines.length > 0) yield lines;
};

/** Where commands can be sent. */
export type CommandTarget = Pick<CommandSender, 'send'>;
