import { once } from 'node:events';
import { nodeChild } from '../fixtures/node-child.js';
import { endProcesses } from './end-processes.js';
import { findProcesses } from './find-processes.js';

const WAITS = 'console.log("up"); setInterval(() => {}, 1000)';
const STUBBORN = `process.on("SIGTERM", () => {}); ${WAITS}`;

const named = (): string => `spec-${process.pid}-${Math.random()}`;

describe('a process', () => {
  it('is found by the end of its command line, and by nothing else', async () => {
    const [name, other] = [named(), named()];
    const child = await nodeChild(WAITS, 'kafka', name);
    const mentions = await nodeChild(WAITS, 'kafka', name, 'more');
    expect(await findProcesses(['kafka', name])).toEqual([child.pid]);
    expect(await findProcesses(['kafka', other])).toEqual([]);
    expect(await findProcesses([name.slice(2)])).toEqual([]);
    const ended = [once(child, 'exit'), once(mentions, 'exit')];
    child.kill('SIGKILL');
    mentions.kill('SIGKILL');
    await Promise.all(ended);
    expect(await findProcesses(['kafka', name])).toEqual([]);
  });

  it.each([
    ['asked to end', WAITS, 20_000, 'SIGTERM'],
    ['killed when it does not', STUBBORN, 200, 'SIGKILL'],
  ])('is %s', async (_, script, within, signal) => {
    const name = named();
    const child = await nodeChild(script, name);
    const bystander = await nodeChild(WAITS, name, 'more');
    const ended = once(child, 'exit');
    expect(await endProcesses(() => findProcesses([name]), within)).toBe(true);
    expect(await ended).toEqual([null, signal]);
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    bystander.kill('SIGKILL');
    await once(bystander, 'exit');
  });

  it('that never was needs no end', async () => {
    expect(await endProcesses(() => findProcesses([named()]), 0)).toBe(true);
  });
});
