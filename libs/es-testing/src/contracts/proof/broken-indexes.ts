import type { IndexBatch, RawEvent, StreamIndex } from '@ledgerline/es-core/adapter';
import { memoryStreamIndex } from '../../memory/memory-stream-index.js';
import { turns } from '../contract.js';
import type { StreamIndexHarness } from '../index-harness.js';
import type { Broken } from './prove-contract.js';

type Breaks = (index: StreamIndex) => Partial<StreamIndex>;

/** An index in memory; what `breaks` answers takes the place of its methods. Opening it again gives the same one. */
export const openIndex = (
  breaks: Breaks = () => ({}),
  reopened: (inner: StreamIndex, index: StreamIndex) => Promise<StreamIndex> = (_, index) => Promise.resolve(index),
): Promise<StreamIndexHarness> => {
  const inner = memoryStreamIndex();
  const index: StreamIndex = {
    readerState: (partition) => inner.readerState(partition),
    version: (stream) => inner.version(stream),
    events: (stream, from, to) => inner.events(stream, from, to),
    result: (stream, commandId) => inner.result(stream, commandId),
    snapshot: (stream) => inner.snapshot(stream),
    write: (batch) => inner.write(batch),
    note: (name) => inner.note(name),
    writeNote: (name, text) => inner.writeNote(name, text),
    clear: () => inner.clear(),
    close: () => inner.close(),
    ...breaks(inner),
  };
  return Promise.resolve({ index, reopen: () => reopened(inner, index), dispose: () => inner.close() });
};

const EVERYTHING = 'gives back everything of a batch once it is written';
const FIELDS = 'keeps every field as it was, whatever characters it holds';
const RANGES = 'gives events from one version to another, both included, in order';
const NEIGHBOURS = 'keeps streams apart whose ids begin alike';
const REPLACES = 'replaces what it holds under the same keys, and only that';
const FINDS_RESULT = 'finds a result under its stream and command id together';
const NOTES = 'keeps notes apart, and the last text of each';
const CLEARED = 'forgets everything when it is cleared, and can be written again';
const STATES = 'keeps a reader state for each partition, and the last one';
const REOPENED = 'holds everything after it was closed and opened again';

const broken = (name: string, caughtBy: string, breaks: Breaks): Broken<StreamIndexHarness> => {
  return { name, caughtBy, open: () => openIndex(breaks) };
};
const writing = (change: (batch: IndexBatch, index: StreamIndex) => IndexBatch): Breaks => {
  return (index) => ({ write: async (batch) => index.write(change(batch, index)) });
};
const latin1 = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');
const inParts = ({ events, results, snapshots, ...place }: IndexBatch, before: IndexBatch['readerState']) => {
  const nothing = { partition: place.partition, readerState: before, events: [], results: [], snapshots: [] };
  return [
    ...events.map((event): IndexBatch => ({ ...nothing, events: [event] })),
    { ...nothing, results },
    { ...nothing, snapshots },
    { ...nothing, readerState: place.readerState },
  ];
};

export const BROKEN_INDEXES: readonly Broken<StreamIndexHarness>[] = [
  broken('is not empty at first', 'knows nothing at first', () => ({ version: () => 1 })),
  broken(
    'forgets results',
    EVERYTHING,
    writing((batch) => ({ ...batch, results: [] })),
  ),
  broken(
    'forgets snapshots',
    EVERYTHING,
    writing((batch) => ({ ...batch, snapshots: [] })),
  ),
  broken(
    'keeps the reader state of a batch with events only',
    STATES,
    writing((batch, index) => {
      const readerState = batch.events.length > 0 ? batch.readerState : index.readerState(batch.partition);
      return { ...batch, readerState: readerState ?? batch.readerState };
    }),
  ),
  broken('keeps one reader state for all partitions', STATES, (index) => ({
    write: (batch) => index.write({ ...batch, partition: 0 }),
    readerState: () => index.readerState(0),
  })),
  broken(
    'stores text as Latin-1',
    FIELDS,
    writing((batch) => {
      return { ...batch, events: batch.events.map((event) => ({ ...event, actor: latin1(event.actor) })) };
    }),
  ),
  broken(
    'stores ordinals in 32 bits',
    FIELDS,
    writing((batch) => {
      return { ...batch, results: batch.results.map((result) => ({ ...result, ordinal: result.ordinal | 0 })) };
    }),
  ),
  broken('cuts keys after 100 characters', 'takes ids of 128 characters, and data of 512 KiB', (index) => ({
    write: (batch) => {
      const events = batch.events.map((event) => ({ ...event, stream: event.stream.slice(0, 100) }));
      return index.write({ ...batch, events });
    },
    version: (stream) => index.version(stream.slice(0, 100)),
  })),
  broken('leaves out the last event of a range', RANGES, (index) => ({
    events: (stream, from, to) => index.events(stream, from, to === Infinity ? to : to - 1),
  })),
  broken('leaves out the first event of a range', RANGES, (index) => ({
    events: (stream, from, to) => index.events(stream, from === 1 ? from : from + 1, to),
  })),
  broken('sorts versions as text', RANGES, (index) => ({
    events: (stream, from, to) =>
      [...index.events(stream, from, to)].sort((a, b) => (String(a.version) < String(b.version) ? -1 : 1)),
  })),
  broken('gives at most 1,000 events', 'iterates a stream of 10,000 events, as far as it is asked to', (index) => ({
    events: (stream, from, to) => [...index.events(stream, from, to)].slice(0, 1000),
  })),
  broken(
    'ends a range when another one is read',
    'lets a range be read while other ranges are read and more is written',
    (index) => {
      let ranges = 0;
      return {
        *events(stream, from, to): Iterable<RawEvent> {
          const mine = (ranges += 1);
          for (const event of index.events(stream, from, to)) {
            if (mine !== ranges) return;
            yield event;
          }
        },
      };
    },
  ),
  broken('pays no heed to the case of stream ids', NEIGHBOURS, (index) => {
    const folded = <T extends { readonly stream: string }>(value: T): T => ({
      ...value,
      stream: value.stream.toLowerCase(),
    });
    return {
      write: (batch) => index.write({ ...batch, snapshots: batch.snapshots.map(folded) }),
      snapshot: (stream) => index.snapshot(stream.toLowerCase()),
    };
  }),
  broken('looks for streams that begin with the id', NEIGHBOURS, (index) => {
    const streams = new Set<string>();
    return {
      write: async (batch) => {
        await index.write(batch);
        for (const { stream } of batch.events) streams.add(stream);
      },
      version: (stream) =>
        [...streams].filter((one) => one.startsWith(stream)).reduce((n, one) => n + index.version(one), 0),
    };
  }),
  broken('finds results by the command id alone', FINDS_RESULT, (index) => ({
    write: (batch) => index.write({ ...batch, results: batch.results.map((result) => ({ ...result, stream: '' })) }),
    result: (stream, commandId) => {
      const found = index.result('', commandId);
      return found && { ...found, stream };
    },
  })),
  broken('joins stream and command id with a character of both', FINDS_RESULT, (index) => {
    const results = new Map<string, IndexBatch['results'][number]>();
    return {
      write: async (batch) => {
        await index.write(batch);
        for (const result of batch.results) results.set(`${result.stream}-${result.commandId}`, result);
      },
      result: (stream, commandId) => results.get(`${stream}-${commandId}`),
    };
  }),
  broken(
    'remembers only commands that recorded events',
    'remembers a verdict without events, with its rejection',
    writing((batch) => {
      return { ...batch, results: batch.results.filter(({ events }) => events > 0) };
    }),
  ),
  broken(
    'drops the rejection of a result',
    'remembers a verdict without events, with its rejection',
    writing((batch) => {
      return { ...batch, results: batch.results.map(({ rejection: _, ...result }) => result) };
    }),
  ),
  broken(
    'drops the reason of a rejection',
    'remembers why a command was rejected, whatever characters say it',
    writing((batch) => {
      return { ...batch, results: batch.results.map(({ reason: _, ...result }) => result) };
    }),
  ),
  broken(
    'keeps the first snapshot',
    REPLACES,
    writing((batch, index) => {
      return { ...batch, snapshots: batch.snapshots.filter(({ stream }) => !index.snapshot(stream)) };
    }),
  ),
  broken(
    'keeps the first event of a version',
    REPLACES,
    writing((batch, index) => {
      return { ...batch, events: batch.events.filter(({ stream, version }) => version > index.version(stream)) };
    }),
  ),
  broken('takes the version from what was written last', REPLACES, (index) => {
    const versions = new Map<string, number>();
    return {
      write: async (batch) => {
        await index.write(batch);
        for (const { stream, version } of batch.events) versions.set(stream, version);
      },
      version: (stream) => versions.get(stream) ?? 0,
    };
  }),
  broken('counts a stream’s version by its writes', 'changes nothing when the same batch is written again', (index) => {
    const versions = new Map<string, number>();
    return {
      write: async (batch) => {
        await index.write(batch);
        for (const { stream } of batch.events) versions.set(stream, (versions.get(stream) ?? 0) + 1);
      },
      version: (stream) => versions.get(stream) ?? 0,
    };
  }),
  broken('keeps what it stored of a batch before it failed', 'stores nothing of a batch that fails', (index) => ({
    write: async (batch) => {
      for (const part of inParts(batch, index.readerState(batch.partition) ?? batch.readerState))
        await index.write(part);
    },
  })),
  broken(
    'shows a batch piece by piece while it is written',
    'shows all of a batch or nothing while it is written',
    (index) => ({
      write: async (batch) => {
        for (const part of inParts(batch, index.readerState(batch.partition) ?? batch.readerState)) {
          await index.write(part);
          await turns(1);
        }
      },
    }),
  ),
  broken('writes the reader state first', 'shows all of a batch or nothing while it is written', (index) => ({
    write: async (batch) => {
      await index.write({ ...batch, events: [], results: [], snapshots: [] });
      await turns(2);
      await index.write(batch);
    },
  })),
  broken(
    'drops a batch that comes while another is written',
    'takes batches of several partitions at once',
    (index) => {
      let isWriting = false;
      return {
        write: async (batch) => {
          if (isWriting) return;
          isWriting = true;
          await turns(1);
          await index.write(batch).finally(() => (isWriting = false));
        },
      };
    },
  ),
  broken('takes an empty note for none', NOTES, (index) => ({ note: (name) => index.note(name) || undefined })),
  broken('keeps one note', NOTES, (index) => ({
    note: () => index.note(''),
    writeNote: (_, text) => index.writeNote('', text),
  })),
  broken('keeps notes when it is cleared', CLEARED, () => {
    const notes = new Map<string, string>();
    return { note: (name) => notes.get(name), writeNote: (name, text) => Promise.resolve(void notes.set(name, text)) };
  }),
  broken('keeps reader states when it is cleared', CLEARED, (index) => ({
    clear: async () => {
      const readerState = index.readerState(3);
      await index.clear();
      if (readerState) await index.write({ partition: 3, readerState, events: [], results: [], snapshots: [] });
    },
  })),
  {
    name: 'loses its notes when it is closed',
    caughtBy: REOPENED,
    open: () => openIndex(undefined, (_, index) => Promise.resolve({ ...index, note: () => undefined })),
  },
  {
    name: 'comes back from before it was cleared when it is opened again',
    caughtBy: 'is empty after it was cleared, closed and opened again',
    open: () => {
      const written: IndexBatch[] = [];
      const breaks: Breaks = (index) => ({
        write: async (batch) => {
          written.push(batch);
          await index.write(batch);
        },
      });
      return openIndex(breaks, async (inner, index) => {
        for (const batch of written) await inner.write(batch);
        return index;
      });
    },
  },
];
