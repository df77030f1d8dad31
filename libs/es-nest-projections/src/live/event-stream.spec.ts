import { Writable } from 'node:stream';
import { eventually, simulatedTime } from '@ledgerline/es-testing';
import { EventStream } from './event-stream.js';

/** A client that takes something only when it is let. */
class SlowClient extends Writable {
  readonly received: string[] = [];
  #take: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 1 });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.received.push(chunk.toString());
    this.#take = done;
  }

  take(): void {
    this.#take?.();
  }
}

const sighting = (number: number) => ({ id: `parcels.events/0@${number}`, json: JSON.stringify({ number }) });
const eventOf = (number: number): string => `id: parcels.events/0@${number}\ndata: {"number":${number}}\n\n`;

describe('an event stream', () => {
  it('is one view for each change', async () => {
    const time = simulatedTime({ seed: 1 });
    const stream = new EventStream(time);
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    stream.show(sighting(1));
    await eventually(() => expect(text).toBe(`retry: 1000\n\n${eventOf(1)}`));
    stream.show({ ...sighting(1), id: 'parcels.events/0@9' });
    stream.show(sighting(2));
    await eventually(() => expect(text).toBe(`retry: 1000\n\n${eventOf(1)}${eventOf(2)}`));
    stream.destroy();
    expect(time.waiting).toBe(0);
  });

  it('keeps the newest view only for a client that is slow, whatever happens meanwhile', async () => {
    const time = simulatedTime({ seed: 1 });
    const stream = new EventStream(time);
    const client = new SlowClient();
    stream.pipe(client);
    await eventually(() => expect(client.received).toHaveLength(1));
    for (let number = 1; number <= 10_000; number += 1) stream.show(sighting(number));
    expect(stream.readableLength + client.writableLength).toBeLessThan(1_000);
    await eventually(() => {
      client.take();
      expect(client.received.join('')).toContain(eventOf(10_000));
    });
    expect(client.received.length).toBeLessThan(6);
    stream.destroy();
  });

  it('says every 15 seconds that it is still there', async () => {
    const time = simulatedTime({ seed: 1 });
    const stream = new EventStream(time);
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await eventually(() => expect(text).toBe('retry: 1000\n\n'));
    await time.advance(14_999);
    expect(text).not.toContain(':\n');
    await time.advance(1);
    await eventually(() => expect(text).toBe('retry: 1000\n\n: nothing new\n\n'));
    for (let beat = 0; beat < 100; beat += 1) await time.advance(15_000);
    expect(text.match(/^: nothing new$/gm)).toHaveLength(101);
    stream.destroy();
  });

  it('gives up a client that takes nothing for more than a minute', async () => {
    const time = simulatedTime({ seed: 1 });
    const stream = new EventStream(time);
    const client = new SlowClient();
    stream.pipe(client);
    await eventually(() => expect(client.received).toHaveLength(1));
    stream.show(sighting(1));
    await time.advance(60_000);
    expect(stream.destroyed).toBe(false);
    await time.advance(15_000);
    expect(stream.destroyed).toBe(true);
    expect(time.waiting).toBe(0);
  });

  it('sends nothing that the client has', async () => {
    const stream = new EventStream(simulatedTime({ seed: 1 }));
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    stream.assume(sighting(1));
    stream.show(sighting(1));
    stream.show(sighting(2));
    await eventually(() => expect(text).toBe(`retry: 1000\n\n${eventOf(2)}`));
    stream.finish();
    await eventually(() => expect(stream.destroyed).toBe(true));
  });
});
