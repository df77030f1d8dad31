import { hash, randomUUID } from 'node:crypto';
import type { Platform } from '@ledgerline/es-core';
import { uptime } from './uptime.js';
import { codeHash, type KnownCode } from './code/code-hash.js';

const knownCode: KnownCode = new Map();

/**
 * The machine as the core sees it, on Node. Timers never keep a process alive: a process lives as long as its server or
 * its open log does, and closing these must be enough to end it.
 */
export const nodePlatform: Platform = {
  sha256: (text) => hash('sha256', text, 'base64url'),
  byteLength: (text) => Buffer.byteLength(text),
  now: () => Date.now(),
  uptime,
  randomId: () => randomUUID(),
  random: () => Math.random(),
  setTimer: (ms, run) => {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  codeOf: (files) => codeHash(files, knownCode),
};
