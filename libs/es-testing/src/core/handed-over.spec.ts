import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandMetadata } from '@ledgerline/es-core';
import type { AggregateStore, ForwardedCommand } from '@ledgerline/es-core/runtime';
import type { JarCommand, Jars } from './fixtures/coin-jar.js';
import { type Opened, Workshop } from './fixtures/opened-store.js';

describe('a command that was handed over to an instance which is halted', () => {
  let workshop: Workshop;
  let here: Opened;
  let halted: Opened;
  /** What waits in the socket of the halted instance. */
  let copies: ForwardedCommand[];
  let jars: Jars;

  beforeEach(async () => {
    workshop = new Workshop();
    here = await workshop.open({ isPreferred: false });
    halted = await workshop.open();
    copies = [];
    jars = jarsOn(here);
  });
  afterEach(() => workshop.close());

  /** Hands everything over, and is never answered. */
  const jarsOn = ({ store }: Opened): Jars => {
    const forwarding: AggregateStore = {
      ...{
        submit: (s) => store.submit(s),
        ensureUpToDate: (s) => store.ensureUpToDate(s),
        isMine: (s) => store.isMine(s),
      },
      ...{
        version: (s) => store.version(s),
        versionAt: (s, t) => store.versionAt(s, t),
        load: (s, f, v) => store.load(s, f, v),
      },
      ...{ stateOf: (s, f, v) => store.stateOf(s, f, v), positionOf: (s, o) => store.positionOf(s, o) },
      forward: (_stream, command) => {
        const handover = `handover-${copies.length}`;
        copies.push({ ...(JSON.parse(JSON.stringify(command)) as ForwardedCommand), handover });
        return Promise.resolve({ status: 'not-forwarded', handover });
      },
    };
    return workshop.jarsOf(forwarding);
  };
  const handle = (command: JarCommand, metadata?: CommandMetadata): Promise<unknown> =>
    workshop.through(jars.handle('1', command, metadata)).then(
      (answer) => (answer.status === 'rejected' ? answer.rejection.code : answer.status),
      (error: { readonly code?: string; readonly message: string }) => error.code ?? error.message,
    );
  /** Somebody else makes acceptable what was refused. */
  const add = (coins: number): Promise<unknown> => workshop.through(here.jars.handle('1', { type: 'AddCoins', coins }));
  /** The halted instance takes what it was sent. */
  const decideCopies = (): Promise<unknown> =>
    workshop.through(Promise.allSettled(copies.map((copy) => halted.jars.decideHere(copy))));
  /** It may have seen what was recorded meanwhile, or takes the copies first. */
  const goOn = async (): Promise<unknown> => {
    await workshop.through(halted.store.catchUp(0));
    return await decideCopies();
  };
  const version = (): number => here.store.version('jar-1');

  it.each<[string, JarCommand, CommandMetadata]>([
    ['not-enough-coins', { type: 'TakeCoins', coins: 2 }, {}],
    ['not-enough-coins', { type: 'TakeCoins', coins: 2 }, { remember: { unless: ['not-enough-coins'] } }],
    ['wrong-expected-version', { type: 'AddCoins', coins: 1 }, { expectedVersion: 3 }],
    ['accepted', { type: 'EmptyJar' }, {}],
    ['nobody thought of that', { type: 'DropJar' }, {}],
  ])('and was then answered %s here records nothing when that one goes on', async (answer, command, metadata) => {
    expect(await handle(command, { ...metadata, commandId: 'c1' })).toBe(answer);
    await add(3);
    expect(await goOn()).toMatchObject([{ reason: { code: 'command-withdrawn' } }]);
    expect(version()).toBe(3);
  });

  it('and was refused here records nothing when that one decides it on the fold that it had', async () => {
    await add(3);
    await workshop.through(halted.store.catchUp(0));
    await workshop.through(here.jars.handle('1', { type: 'TakeCoins', coins: 3 }));
    expect(await handle({ type: 'TakeCoins', coins: 1 })).toBe('not-enough-coins');
    await add(3);
    expect(await decideCopies()).toMatchObject([{ reason: { code: 'command-withdrawn' } }]);
    expect(version()).toBe(7);
  });

  it('and is too large when it is decided here records nothing when that one goes on', async () => {
    const note = 'x'.repeat(600 * 1024);
    expect(await handle({ type: 'AddCoins', coins: 1, note })).toBe('event-too-large');
    expect(await goOn()).toMatchObject([{ reason: { code: 'command-withdrawn' } }]);
  });

  it('and is refused by the log here is withdrawn before that is answered', async () => {
    here.log.refuses = (records) => records.some(({ headers }) => headers['kind'] === 'event');
    expect(await handle({ type: 'AddCoins', coins: 1 })).toBe('append-refused');
    expect(await goOn()).toMatchObject([{ reason: { code: 'command-withdrawn' } }]);
    expect(version()).toBe(0);
  });

  it('and was accepted here is a repeat when that one goes on', async () => {
    expect(await handle({ type: 'AddCoins', coins: 2 })).toBe('accepted');
    expect(await goOn()).toMatchObject([{ value: { status: 'accepted', repeated: true, version: 2 } }]);
    expect(version()).toBe(2);
  });

  it('and was refused here may be asked for again under the same id, and is decided anew', async () => {
    expect(await handle({ type: 'TakeCoins', coins: 2 }, { commandId: 'c1' })).toBe('not-enough-coins');
    await add(3);
    expect(await handle({ type: 'TakeCoins', coins: 2 }, { commandId: 'c1' })).toBe('accepted');
    expect(await goOn()).toMatchObject([{ value: { repeated: true } }, { value: { repeated: true } }]);
    expect(version()).toBe(4);
  });

  it('is withdrawn by a record that tells nobody of a rejection, and names the command that it is about', async () => {
    await handle({ type: 'TakeCoins', coins: 2 }, { commandId: 'c1', correlationId: 'visit' });
    const [, withdrawal] = workshop.counted(here.store.logId);
    expect(withdrawal).toMatchObject({
      ...{ kind: 'verdict', key: 'jar-1', type: 'CommandWithdrawn', value: '{}', version: 0 },
      ...{ commandId: 'handover-0', causationId: 'c1', correlationId: 'visit' },
    });
  });
});
