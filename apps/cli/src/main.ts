#!/usr/bin/env node
import { EsError } from '@ledgerline/es-core';
import { CommanderError } from 'commander';
import { esProgram } from './program.js';
import { FileUnusable } from './retail/file/file-unusable.error.js';
import { print, printJson } from './terminal/print.js';
import { NOTHING_IMPORTED } from './verbs/import.verb.js';

const OK = 0;
const FAILED = 1;
const USAGE = 2;

// `es read … | head`: whoever reads has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? OK : FAILED);
});

// `es import … 2>&1 | head -1`: that nobody reads the progress is no reason to stop in the middle.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const run = async (args: readonly string[]): Promise<number> => {
  let code = OK;
  const program = esProgram((result, asJson) => {
    print(result, asJson);
    if (result.ok === false) code = result.exitCode ?? FAILED;
  });
  try {
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return USAGE;
    }
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    const asJson = args.includes('--json');
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return OK;
      // Commander has told people what is wrong.
      if (asJson) printJson({ error: { code: 'usage', message: error.message } });
      return USAGE;
    }
    if (!(error instanceof EsError)) throw error;
    process.stderr.write(`es: ${error.message}\n`);
    if (asJson) printJson({ error: { code: error.code, message: error.message } });
    return error instanceof FileUnusable ? NOTHING_IMPORTED : FAILED;
  }
};

process.exitCode = await run(process.argv.slice(2));
