import { Command, Option } from 'commander';
import { appendBenchmark } from './append.benchmark.js';
import { kafkaAppendBenchmark } from './kafka/kafka-append.benchmark.js';
import { kafkaCatchUpBenchmark, kafkaProjectBenchmark } from './kafka/kafka-read.benchmark.js';
import { kafkaTailBenchmark } from './kafka/kafka-tail.benchmark.js';
import { loadBenchmark } from './load.benchmark.js';
import type { Result } from './measure.js';
import { mongoProjectBenchmark } from './mongodb/mongo-project.benchmark.js';
import { projectMemoryBenchmark } from './mongodb/project-memory.benchmark.js';
import { pastBenchmark } from './past.benchmark.js';
import { snapshotBenchmark } from './snapshot.benchmark.js';

type Benchmark = () => Promise<readonly Result[]>;
type ByStore = Readonly<Record<string, Benchmark>>;

/** By name, by where the events are, and by where the documents or the index are. */
const BENCHMARKS: Readonly<Record<string, Readonly<Record<string, ByStore>>>> = {
  append: { embedded: { embedded: appendBenchmark }, kafka: { embedded: kafkaAppendBenchmark } },
  load: { embedded: { embedded: loadBenchmark } },
  past: { embedded: { embedded: pastBenchmark } },
  snapshot: { embedded: { embedded: snapshotBenchmark } },
  project: { kafka: { embedded: kafkaProjectBenchmark, mongodb: mongoProjectBenchmark } },
  'project-memory': { kafka: { mongodb: projectMemoryBenchmark } },
  tail: { kafka: { embedded: kafkaTailBenchmark } },
  'catch-up': { kafka: { embedded: kafkaCatchUpBenchmark } },
};

const print = (results: readonly Result[], json: boolean): void => {
  if (json) process.stdout.write(`${JSON.stringify({ results })}\n`);
  else console.table(results);
};

const optionOf = (flags: string, description: string, choices: readonly string[]): Option =>
  new Option(flags, description).choices(choices).default(choices[0]);

interface Wanted {
  readonly log: string;
  readonly store: string;
  readonly json?: boolean;
}

const program = new Command('bench').description(
  'Measures the libraries beside the bare store below them, in one run.',
);
for (const [name, byLog] of Object.entries(BENCHMARKS)) {
  const stores = new Set(Object.values(byLog).flatMap((byStore) => Object.keys(byStore)));
  program
    .command(name)
    .addOption(optionOf('--log <log>', 'where the events are', Object.keys(byLog)))
    .addOption(optionOf('--store <store>', 'where what is made of them is kept', [...stores]))
    .option('--json', 'print one JSON object')
    .action(async ({ log, store, json = false }: Wanted) => print((await byLog[log]?.[store]?.()) ?? [], json));
}
await program.parseAsync();
