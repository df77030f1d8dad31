import { describe, expect, it } from '@jest/globals';
import { type CommandAnswer, LogUnavailable } from '@ledgerline/es-core';
import { z } from 'zod';
import { onlyCommand } from '../fixtures/counter.js';
import type { Log } from '../logging/log.js';
import { CommandRunner } from './command-runner.js';
import { CommandWindow } from './command-window.js';

/** So many small commands are begun together, where nobody else is there. */
const SHARE = 1_024;
const LIMIT = SHARE * 1_024;
/** And so many at the least. */
const SMALLEST = 32;

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const accepted = (stream: string, version: number): CommandAnswer => ({
  ...{ status: 'accepted', stream, version, position: `t/0@${version}`, repeated: false },
  events: () => [],
});

describe('running many commands', () => {
  const handled: string[] = [];
  const commands = onlyCommand('Do', {
    ...{ category: 'jar', schema: z.object({}) },
    handle: (id, _command, { commandId = '' }) => {
      handled.push(commandId);
      if (commandId === 'broken') throw new TypeError('a bug of ours');
      if (commandId === 'lost') return Promise.reject(new LogUnavailable('gone'));
      return Promise.resolve(accepted(`jar-${id}`, handled.length));
    },
  });
  const answers = (lines: readonly string[], window = new CommandWindow(LIMIT)): AsyncGenerator<string> =>
    new CommandRunner({ commands, metadata: {}, window, log: silent }).answers(lines);
  const drain = async (pieces: AsyncGenerator<string>): Promise<void> => {
    while (!(await pieces.next()).done);
  };
  const lineOf = ([id, stream]: readonly [string, string]): string =>
    JSON.stringify({ id, type: 'Do', stream, data: {} });
  const run = async (lines: readonly (readonly [string, string])[]): Promise<readonly (readonly unknown[])[]> => {
    handled.length = 0;
    let text = '';
    for await (const piece of answers(lines.map(lineOf))) text += piece;
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { id: string; status: string; code?: string; retriable?: boolean })
      .map(({ id, status, code, retriable }) => [id, code ?? status, retriable ?? false]);
  };

  it('lets no later command of a stream overtake one whose outcome is not known', async () => {
    const before = Array.from({ length: SHARE - 1 }, (_, i) => [`f${i}`, 'jar-filler'] as const);
    const verdicts = await run([...before, ['lost', 'jar-1'], ['later', 'jar-1'], ['other', 'jar-2']]);
    expect(verdicts.slice(-3)).toEqual([
      ['lost', 'log-unavailable', true],
      ['later', 'earlier-command-failed', true],
      ['other', 'accepted', false],
    ]);
    expect(handled).not.toContain('later');
  });

  it('hands commands on in the order of their lines', async () => {
    const lines = Array.from({ length: 2_500 }, (_, i) => [`c${i}`, `jar-${i % 7}`] as const);
    const verdicts = await run(lines);
    expect(handled).toEqual(lines.map(([id]) => id));
    expect(verdicts.map(([id]) => id)).toEqual(handled);
  });

  it('says of a bug of ours no more than that there is one, and goes on', async () => {
    expect(
      await run([
        ['broken', 'jar-1'],
        ['next', 'jar-1'],
      ]),
    ).toEqual([
      ['broken', 'internal-error', false],
      ['next', 'accepted', false],
    ]);
  });

  it('runs as many commands as fit into a share, and others when somebody wants what becomes of them', async () => {
    handled.length = 0;
    const many = Array.from({ length: 2_500 }, (_, i) => lineOf([`c${i}`, 'jar-1']));
    const pieces = answers(many);
    await pieces.next();
    expect(handled).toHaveLength(SHARE);
    await pieces.next();
    expect(handled).toHaveLength(2 * SHARE);
    await pieces.return('');
    expect(handled).toHaveLength(2 * SHARE);
  });

  it('takes turns with other requests', async () => {
    const window = new CommandWindow(1);
    handled.length = 0;
    const linesOf = (name: string) =>
      Array.from({ length: 3 * SMALLEST }, (_, i) => lineOf([`${name}${i}`, `jar-${name}`]));
    await Promise.all(['a', 'b'].map((name) => drain(answers(linesOf(name), window))));
    const turns = handled.filter((_, i) => i % SMALLEST === 0).map((id) => id.slice(0, 1));
    expect(turns.join('')).toBe('ababab');
  });

  it('lets others in between when no command waits for anything', async () => {
    let served = false;
    const running = drain(answers(Array.from({ length: 2_500 }, () => '1')));
    setImmediate(() => (served = true));
    const early = running.then(() => served);
    expect(await early).toBe(true);
  });
});
