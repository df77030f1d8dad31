import { Command, Option } from 'commander';
import { appendBenchmark } from './append.benchmark.js';
import { loadBenchmark } from './load.benchmark.js';
import type { Result } from './measure.js';

const BENCHMARKS: Readonly<Record<string, () => Promise<readonly Result[]>>> = {
  append: appendBenchmark,
  load: loadBenchmark,
};

const print = (results: readonly Result[], json: boolean): void => {
  if (json) process.stdout.write(`${JSON.stringify({ results })}\n`);
  else console.table(results);
};

const program = new Command('bench').description(
  'Measures the libraries beside the bare store below them, in one run.',
);
for (const [name, run] of Object.entries(BENCHMARKS))
  program
    .command(name)
    .addOption(new Option('--log <log>', 'where the events are').choices(['embedded']).default('embedded'))
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { readonly json?: boolean }) => print(await run(), json === true));
await program.parseAsync();
