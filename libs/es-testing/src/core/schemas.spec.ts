import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { accept, CommandHandler, defineAggregate, defineEvents, type Schema, Unreadable } from '@ledgerline/es-core';
import { schemaBy } from './fixtures/coin-jar.js';
import { type Opened, Workshop } from './fixtures/opened-store.js';

interface Text {
  readonly text: string;
}

const isText = (value: unknown): value is Text =>
  typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string';
const check = (value: unknown) =>
  isText(value) ? { value: { text: value.text } } : { issues: [{ message: 'must be given', path: ['text'] }] };

/** As somebody writes one without a library. */
const text = schemaBy<Text>(check);
const later = schemaBy<Text>((value) => Promise.resolve(check(value)));
const failingLater = schemaBy<Text>(() => Promise.reject(new Error('the database is away')));

const eventsBy = (schema: Schema<Text>) => defineEvents('test.events', { Noted: schema });
const bookBy = (command: Schema<Text>, event: Schema<Text>) =>
  defineAggregate({
    category: 'book',
    events: eventsBy(event),
    commands: { Note: command },
    initialState: { texts: [] as readonly string[] },
    decide: { Note: (_book, { text }) => accept({ type: 'Noted', data: { text } }) },
    evolve: { Noted: ({ texts }, { data }) => ({ texts: [...texts, data.text] }) },
  });

describe('a schema that no library made', () => {
  let workshop: Workshop;
  let opened: Opened;
  const bookOf = (command: Schema<Text>, event = text) =>
    new CommandHandler(bookBy(command, event), { store: opened.store, platform: workshop.platform });
  const note = { type: 'Note', text: 'a' } as const;

  beforeEach(async () => {
    workshop = new Workshop();
    opened = await workshop.open();
  });
  afterEach(() => workshop.close());

  it('is all that an aggregate needs, and leaves out what it does not know', async () => {
    const book = bookOf(text);
    expect(await book.handle('1', { ...note, more: true } as typeof note)).toMatchObject({ version: 1 });
    expect(book.stateOf('1').state).toEqual({ texts: ['a'] });
    expect([...opened.store.read('book-1')]).toMatchObject([{ type: 'Noted.v1', data: '{"text":"a"}' }]);
  });

  it('names the field that breaks it', async () => {
    const wrong = { type: 'Note' } as unknown as typeof note;
    await expect(bookOf(text).handle('1', wrong)).rejects.toMatchObject({
      ...{ code: 'validation-failed', problems: [{ field: 'text', rule: 'must be given' }] },
    });
  });

  it.each([later, failingLater])('and answers later is refused where a command is checked by it', async (schema) => {
    await expect(bookOf(schema).handle('1', note)).rejects.toThrow(/^Note: its schema .* asynchronous/);
    expect(opened.store.version('book-1')).toBe(0);
  });

  it.each([later, failingLater])('and answers later is refused where an event is recorded by it', async (schema) => {
    await expect(bookOf(text, schema).handle('1', note)).rejects.toMatchObject({
      ...{ code: 'unreadable', retriable: false, facts: { type: 'Noted.v1', step: 'Noted.v1' } },
      cause: { message: expect.stringMatching(/^Noted\.v1: its schema .* asynchronous/) as unknown },
    });
    expect(opened.store.version('book-1')).toBe(0);
  });

  it.each([later, failingLater])('and answers later is refused where an event is read by it', (schema) => {
    const { catalogue } = eventsBy(schema);
    expect(() => catalogue.decode([{ type: 'Noted.v1', data: '{"text":"a"}' }])).toThrow(Unreadable);
  });
});
