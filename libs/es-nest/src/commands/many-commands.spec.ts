import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { CommandAnswer, CommandMetadata, CommandOf } from '@ledgerline/es-core';
import { embedded } from '@ledgerline/es-embedded';
import { eventually } from '@ledgerline/es-testing';
import { Injectable, Module } from '@nestjs/common';
import { jar } from '../fixtures/jar.js';
import { EventSourcingModule, HandlesCommand, ServiceEventStore } from '../index.js';
import { type RunningService, startService } from '../fastify/start-service.js';
import { serviceWith } from '../fixtures/service-with.js';
import { NDJSON } from '../http/raw-bodies.js';

/** Ids of the commands that were begun, and what holds up those of a stream. */
const begun: string[] = [];
const gates = new Map<string, Promise<void>>();

@Injectable()
class Jars {
  @HandlesCommand(jar, 'Fill')
  async fill(
    id: string,
    _command: CommandOf<typeof jar>,
    { commandId = '' }: CommandMetadata,
  ): Promise<CommandAnswer<typeof jar>> {
    begun.push(commandId);
    await gates.get(id);
    const place = { stream: `jar-${id}`, version: 1, position: 'jars.events/0@1' };
    return { ...place, status: 'accepted', repeated: false, events: () => [] };
  }
}

@Module({ imports: [EventSourcingModule.forFeature({ aggregates: [jar] })], providers: [Jars] })
class JarModule {}

const MEGABYTE = 1024 * 1024;

describe('requests of many commands', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ledgerline-many-commands-'));
  let running: RunningService;
  let release = (): void => undefined;

  beforeAll(async () => {
    running = await startService(
      serviceWith({ service: 'jar-service', storage: embedded({ dataDir: directory }) }, JarModule),
    );
    await running.ready;
  });
  afterEach(() => {
    release();
    gates.clear();
    begun.length = 0;
  });
  afterAll(async () => {
    await running.close();
    rmSync(directory, { recursive: true });
  });

  /** Commands for this jar wait until the answer is called. */
  const holdUp = (jar: string): void => {
    gates.set(jar, new Promise((open) => (release = open)));
  };
  const line = (id: string, jar: string, bytes = 0): string =>
    JSON.stringify({ id, type: 'Fill', stream: `jar-${jar}`, data: { padding: 'x'.repeat(bytes) } });
  const send = (body: string | ReadableStream): Promise<Response> =>
    fetch(`${running.url}/commands`, { method: 'POST', body, headers: { 'content-type': NDJSON }, duplex: 'half' });
  const statusOf = async (answer: Promise<Response>): Promise<number> => {
    const { status, body } = await answer;
    await body?.cancel();
    return status;
  };
  const large = (id: string, jar = 'other'): string => line(id, jar, 900_000);
  const connected = async (): Promise<Socket> => {
    const { hostname, port } = new URL(running.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return socket;
  };
  const head = (length: number): string =>
    `POST /commands HTTP/1.1\r\nhost: a\r\ncontent-type: ${NDJSON}\r\ncontent-length: ${length}\r\n\r\n`;

  it('are refused before any command is run while others have too many bytes, and taken once these are answered', async () => {
    holdUp('held');
    const refused: Response[] = [];
    const sent = Array.from({ length: 16 }, (_, i) => send(large(`held-${i}`, 'held')));
    for (const answer of sent) void answer.then((one) => one.status === 503 && refused.push(one));
    await eventually(() => expect(refused).toHaveLength(6));
    const small = send(line('small', 'other'));
    for (const answer of refused) {
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(await answer.json()).toMatchObject({ status: 503, code: 'overloaded', retriable: true });
    }
    release();
    expect(await statusOf(small)).toBe(200);
    expect((await Promise.all(sent)).filter(({ status }) => status === 200)).toHaveLength(10);
    expect(begun.filter((id) => id.startsWith('held'))).toHaveLength(10);
    await eventually(async () => expect(await statusOf(send(large('later')))).toBe(200));
  });

  it('are answered line by line: what became of the first is there while others wait', async () => {
    holdUp('held');
    const answer = await send(
      [...Array.from({ length: 1_100 }, (_, i) => line(`${i}`, 'other')), line('last', 'held')].join('\n'),
    );
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toMatch(/^\{"id":"0","status":"accepted"/);
    expect(answer.headers.get('content-type')).toBe(NDJSON);
    release();
    let last = '';
    for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) last = piece.value;
    expect(last).toMatch(/\{"id":"last","status":"accepted".*\n$/);
  });

  it('keep no room when they are cut off, and none of their commands is run', async () => {
    const sockets = new Set<Socket>();
    /** Until it is taken: an answer of before may still keep some room. */
    const beginBody = async (): Promise<void> => {
      const socket = await connected();
      sockets.add(socket);
      socket.once('data', () => {
        sockets.delete(socket.destroy());
        void beginBody();
      });
      socket.write(`${head(MEGABYTE)}${line('cut-off', 'other')}\n`);
    };
    await Promise.all(Array.from({ length: 9 }, beginBody));
    await eventually(async () => expect(await statusOf(send(large('too-many')))).toBe(503));
    for (const socket of sockets) socket.destroy();
    await eventually(async () => expect(await statusOf(send(large('later')))).toBe(200));
    expect(begun).not.toContain('cut-off');
  });

  it('of more than a megabyte are refused, also where they do not say how long they are', async () => {
    const half = new TextEncoder().encode(`${line('half', 'other', MEGABYTE / 2)}\n`);
    const endless = new ReadableStream({ pull: (body) => body.enqueue(half) });
    const answer = await send(endless);
    expect([answer.status, await answer.json()]).toEqual([413, expect.objectContaining({ code: 'body-too-large' })]);
    expect(await statusOf(send('x'.repeat(MEGABYTE + 1)))).toBe(413);
    expect(begun).toEqual([]);
  });

  it('are read as they were sent, in however many pieces', async () => {
    const body = `${line('ä', 'other')}\r\n\n  \n${line('b', 'other')}`;
    const bytes = Buffer.from(body);
    const socket = await connected();
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.write(head(bytes.length));
    for (const byte of bytes) socket.write(Buffer.of(byte));
    await eventually(() =>
      expect(text.match(/"id":"[^"]*","status":"[a-z]*"/g)).toEqual([
        '"id":"ä","status":"rejected"',
        '"id":"b","status":"accepted"',
      ]),
    );
    socket.destroy();
  });
});
