import { EsError } from '@ledgerline/es-core';
import type { ReaderState } from '@ledgerline/es-core/adapter';
import { ChainReader, LogDiverged, verifyChain } from '@ledgerline/es-core/runtime';
import type { ShopLogs } from '../logs/shop-logs.js';
import { passMarks, type PartitionToPass } from './marked-pass.js';
import type { ReadSeal, SealedHead, SealedLog } from './seal.js';

export interface HeadsToRead extends ShopLogs {
  /** The seal before: its heads are held against the log, and save reading what lies before them. */
  readonly previous: ReadSeal | undefined;
  readonly onProgress: PartitionToPass['onProgress'];
}

/** The heads of all partitions. @throws EsError `seal-broken` where the log is not what was sealed before. */
export const currentHeads = async ({ logs, platform, previous, onProgress }: HeadsToRead): Promise<SealedLog[]> => {
  const sealed: SealedLog[] = [];
  for (const log of logs) {
    const logId = await verifyChain(log, platform);
    const before = previous?.logs.find(({ topic }) => topic === log.topic);
    if (before && before.logId !== logId) throw broken(log.topic, `it is log ${logId}, and was ${before.logId}`);
    const heads: SealedHead[] = [];
    for (let partition = 0; partition < log.partitions; partition += 1) {
      const target = { log, logId, partition, platform, onProgress };
      heads.push(
        await headOf(
          target,
          before?.heads.find((head) => head.partition === partition),
        ),
      );
    }
    sealed.push({ topic: log.topic, logId, heads });
  }
  return sealed;
};

const headOf = async (target: PartitionToPass, before: SealedHead | undefined): Promise<SealedHead> => {
  const { partition } = target;
  const { ordinal, head, time, headOffset: offset } = await stateBehind(target, before);
  return { partition, ordinal, head, time, offset };
};

/** From the sealed head on where it still lies there; from the beginning where it does not, as in a restored log. */
const stateBehind = async (target: PartitionToPass, before: SealedHead | undefined): Promise<ReaderState> => {
  if (!before) return (await passMarks(target, [])).state;
  try {
    return await readOn(target, before);
  } catch (error) {
    if (!(error instanceof LogDiverged)) throw error;
  }
  const { state, broken: missing } = await passMarks(target, [before]);
  if (!missing) return state;
  const { log, partition } = target;
  throw broken(`${log.topic}/${partition}`, `it does not hold what was sealed at ordinal ${before.ordinal}`);
};

const readOn = async (target: PartitionToPass, before: SealedHead): Promise<ReaderState> => {
  const { log, logId, partition, platform } = target;
  const { ordinal, head, time, offset: headOffset } = before;
  const state = { logId, ordinal, head, headOffset, time };
  const reader = new ChainReader({ log, partition, platform, state, follow: false });
  try {
    while (await reader.next());
    return reader.state;
  } finally {
    await reader.close();
  }
};

const broken = (where: string, what: string): EsError =>
  new EsError('seal-broken', `${where}: ${what}. Nothing was sealed; \`es verify-seal\` says what is wrong`, false);
