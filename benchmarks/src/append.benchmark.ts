import { orderEvents } from '@ledgerline/events';
import { inDirectory, type Measured, measure, middle, type Result, resultOf, rssAnonMb } from './measure.js';
import { entrySizes, openRawStore } from './raw-lmdb.js';
import { addItem, type OpenStore, openStore } from './workload.js';

const LOADS = [
  { inFlight: 1, count: 1_000 },
  { inFlight: 64, count: 50_000 },
  { inFlight: 512, count: 50_000 },
];
const FEW_STREAMS = 10_000;
const MANY_STREAMS = 100_000;
const ROUNDS = 3;
const ROUNDS_BY_STREAMS = 8;

/** In-process commands through decider, catalogue, writer, log and index, beside a bare loop that writes the same entries. */
export const appendBenchmark = async (): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (const load of LOADS) results.push(await beside(load));
  return [...results, ...(await byStreams())];
};

/** Ours and raw in turn, each in a directory of its own; the medians of the rounds behind a first one that only warms up. */
const beside = async (load: { readonly inFlight: number; readonly count: number }): Promise<Result> => {
  const ours: Measured[] = [];
  const raw: Measured[] = [];
  for (let i = 0; i <= ROUNDS; i += 1) {
    await inDirectory(async (directory) => {
      ours.push(await commands(directory, load));
      const sizes = await entrySizes(directory, orderEvents.topic, load.count);
      raw.push(await inDirectory((other) => bare(other, load, sizes)));
    });
  }
  return resultOf({ name: 'append', inFlight: load.inFlight }, middle(ours.slice(1)), middle(raw.slice(1)));
};

const commands = async (
  directory: string,
  load: { readonly inFlight: number; readonly count: number },
): Promise<Measured> => {
  const { carts, close } = await openStore(directory);
  return measure(load, (i) => carts.send(`c${i % 1_000}`, addItem(i), { commandId: `command-${i}` }), close);
};

const bare = (
  directory: string,
  load: { readonly inFlight: number; readonly count: number },
  sizes: Parameters<typeof openRawStore>[1],
): Promise<Measured> => {
  const raw = openRawStore(directory, sizes);
  return measure(
    load,
    (i) => raw.write(i),
    () => raw.close(),
  );
};

/**
 * The cost of a command by the number of streams that exist: both stores in turn, round by round, each first as often as second. `raw` is the rate with
 * the smaller number, so `ratio` says how flat it is.
 */
const byStreams = async (): Promise<readonly Result[]> =>
  inDirectory(async (few) =>
    inDirectory(async (many) => {
      const stores = [await filled(few, FEW_STREAMS), await filled(many, MANY_STREAMS)] as const;
      const rounds: [Measured[], Measured[]] = [[], []];
      for (let round = 0; round < ROUNDS_BY_STREAMS; round += 1)
        for (const i of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const))
          rounds[i].push(await spread(stores[i], round));
      for (const { open } of stores) await open.close();
      const [base, ours] = [middle(rounds[0]), middle(rounds[1])];
      return [
        resultOf({ name: `append-${FEW_STREAMS}-streams`, inFlight: 64 }, base, base),
        { ...resultOf({ name: `append-${MANY_STREAMS}-streams`, inFlight: 64 }, ours, base), rssAnonMb: rssAnonMb() },
      ];
    }),
  );

interface Filled {
  readonly open: OpenStore;
  readonly streams: number;
}

const filled = async (directory: string, streams: number): Promise<Filled> => {
  const open = await openStore(directory);
  await measure({ count: streams, inFlight: 512 }, (i) => open.carts.send(`c${i}`, addItem(i)));
  return { open, streams };
};

const spread = ({ open, streams }: Filled, round: number): Promise<Measured> =>
  measure({ count: 10_000, inFlight: 64 }, (i) => open.carts.send(`c${(i * 7_919 + round) % streams}`, addItem(i)));
