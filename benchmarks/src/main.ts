import { Command, Option } from 'commander';
import { appendBenchmark } from './append.benchmark.js';
import { kafkaAppendBenchmark } from './kafka/kafka-append.benchmark.js';
import { kafkaCatchUpBenchmark, kafkaProjectBenchmark } from './kafka/kafka-read.benchmark.js';
import { loadBenchmark } from './load.benchmark.js';
import type { Result } from './measure.js';

type Benchmark = () => Promise<readonly Result[]>;

/** By name, and then by where the events are. */
const BENCHMARKS: Readonly<Record<string, Readonly<Record<string, Benchmark>>>> = {
  append: { embedded: appendBenchmark, kafka: kafkaAppendBenchmark },
  load: { embedded: loadBenchmark },
  project: { kafka: kafkaProjectBenchmark },
  'catch-up': { kafka: kafkaCatchUpBenchmark },
};

const print = (results: readonly Result[], json: boolean): void => {
  if (json) process.stdout.write(`${JSON.stringify({ results })}\n`);
  else console.table(results);
};

const program = new Command('bench').description(
  'Measures the libraries beside the bare store below them, in one run.',
);
for (const [name, byLog] of Object.entries(BENCHMARKS))
  program
    .command(name)
    .addOption(
      new Option('--log <log>', 'where the events are').choices(Object.keys(byLog)).default(Object.keys(byLog)[0]),
    )
    .option('--json', 'print one JSON object')
    .action(async ({ log, json = false }: { readonly log: string; readonly json?: boolean }) =>
      print((await byLog[log]?.()) ?? [], json),
    );
await program.parseAsync();
