import type { PartitionedLog } from '@ledgerline/es-core/adapter';
import { logIdOf } from '@ledgerline/es-core/runtime';
import type { ShopLogs } from '../logs/shop-logs.js';
import { type Mark, type PartitionToPass, passMarks } from './marked-pass.js';
import type { ReadSeal } from './seal.js';
import type { Trouble } from './trouble.js';

/** What a partition was found to hold. */
export interface CheckedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Its last ordinal. */
  readonly ordinal: number;
  /** The last sealed ordinal at which it is as it was sealed; 0 for none. */
  readonly heldTo: number;
}

export interface LogsChecked {
  readonly partitions: readonly CheckedPartition[];
  readonly troubles: readonly Trouble[];
}

interface SealMark extends Mark {
  readonly partition: number;
  readonly logId: string;
  readonly seal: ReadSeal;
}

type LogsToCheck = ShopLogs & Pick<PartitionToPass, 'onProgress'>;

/** Holds the logs against everything that the seals say of them; every partition is read once. */
export const checkLogs = async (shop: LogsToCheck, seals: readonly ReadSeal[]): Promise<LogsChecked> => {
  const all: LogsChecked[] = [];
  for (const topic of new Set(seals.flatMap(({ logs }) => logs.map((log) => log.topic)))) {
    const log = shop.logs.find((one) => one.topic === topic);
    if (!log)
      all.push({ partitions: [], troubles: [{ code: 'foreign-log', topic, message: `there is no ${topic} here` }] });
    else all.push(await checkLog(log, shop, marksOf(topic, seals)));
  }
  return {
    partitions: all.flatMap(({ partitions }) => partitions),
    troubles: all.flatMap(({ troubles }) => troubles),
  };
};

const marksOf = (topic: string, seals: readonly ReadSeal[]): readonly SealMark[] =>
  seals.flatMap((seal) =>
    seal.logs
      .filter((log) => log.topic === topic)
      .flatMap(({ logId, heads }) => heads.map((head) => ({ ...head, logId, seal }))),
  );

const checkLog = async (log: PartitionedLog, shop: LogsToCheck, marks: readonly SealMark[]): Promise<LogsChecked> => {
  const { topic } = log;
  // An empty log is the sealed one, with everything lost.
  const logId = (await logIdIn(log)) ?? marks[0]?.logId ?? '';
  const foreign = marks.filter((mark) => mark.logId !== logId).map(({ seal }) => seal);
  const troubles: Trouble[] = [...new Set(foreign)].map(({ file }) => ({
    ...{ code: 'foreign-log', topic, file },
    message: `${file} is about another log: this ${topic} is log ${logId}`,
  }));
  const partitions: CheckedPartition[] = [];
  const own = marks.filter((mark) => mark.logId === logId);
  for (const partition of new Set(own.map((mark) => mark.partition))) {
    const marksHere = own.filter((mark) => mark.partition === partition);
    const { checked, trouble } = await checkPartition({ ...shop, log, logId, partition }, marksHere);
    partitions.push(checked);
    if (trouble) troubles.push(trouble);
  }
  return { partitions, troubles };
};

const checkPartition = async (
  target: PartitionToPass,
  marks: readonly SealMark[],
): Promise<{ readonly checked: CheckedPartition; readonly trouble?: Trouble }> => {
  const { log, partition } = target;
  const { topic } = log;
  if (partition >= log.partitions) {
    const message = `${topic}/${partition} is sealed, and the log has ${log.partitions} partitions`;
    const checked = { topic, partition, ordinal: 0, heldTo: 0 };
    return { checked, trouble: { code: 'lost-tail', message, topic, partition, ordinal: 1, heldTo: 0 } };
  }
  const { state, held, broken } = await passMarks(target, marks);
  const heldTo = held?.ordinal ?? 0;
  const checked = { topic, partition, ordinal: state.ordinal, heldTo };
  if (!broken) return { checked };
  const { mark, found } = broken;
  const sealedIn = `sealed in ${mark.seal.file} on ${mark.seal.sealedAt}`;
  const fine = heldTo > 0 ? `it is as it was sealed up to ${heldTo}` : 'no seal says up to where it is as it was';
  return found === undefined
    ? {
        checked,
        trouble: {
          ...{ code: 'lost-tail', topic, partition, ordinal: state.ordinal + 1, heldTo },
          message: `${topic}/${partition}: the log ends at ${state.ordinal}, before the ${mark.ordinal} ${sealedIn}; ${fine}`,
        },
      }
    : {
        checked,
        trouble: {
          ...{ code: 'rewritten', topic, partition, ordinal: mark.ordinal, heldTo },
          message: `${topic}/${partition}: another record at ordinal ${mark.ordinal} than the one ${sealedIn}; ${fine}`,
        },
      };
};

/** From the log's very first record; undefined where there is none, or something else. */
const logIdIn = async (log: PartitionedLog): Promise<string | undefined> => {
  const reader = log.read(0, { from: 0, follow: false, maxRecords: 1 });
  try {
    const chunk = await reader.next();
    const [first] = chunk?.records ?? [];
    return first && logIdOf(first.value);
  } finally {
    await reader.close();
  }
};
