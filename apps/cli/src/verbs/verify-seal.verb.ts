import type { KeyObject } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { EsError, partitionKey } from '@ledgerline/es-core';
import { withShopLogs } from '../logs/shop-logs.js';
import { type CheckedPartition, checkLogs } from '../seal/check-log.js';
import { checkSeries, type MissingSeals, missingSeals } from '../seal/check-series.js';
import { contentOf, sealFilesIn } from '../seal/seal-directory.js';
import { publicKeyIn } from '../seal/seal-keys.js';
import { type ReadSeal, readSeal } from '../seal/seal.js';
import type { Trouble } from '../seal/trouble.js';
import { logProgress } from '../terminal/log-progress.js';
import type { Result } from '../terminal/print.js';
import { table } from '../terminal/table.js';

export interface VerifySealOptions {
  /** File of the public key. */
  readonly key: string;
  /** False: the seals alone, without a look at the log. */
  readonly log?: boolean;
}

/** `es verify-seal FILE...`: the signatures, the seals against each other, then the log against the seals. @throws EsError */
export const verifySealVerb = async (paths: readonly string[], options: VerifySealOptions): Promise<Result> => {
  const key = await publicKeyIn(options.key);
  const { seals, troubles: unsigned } = await readSeals(await filesAt(paths), key);
  const missing = missingSeals(seals);
  const { partitions, troubles: lost } =
    options.log === false || seals.length === 0
      ? { partitions: [], troubles: [] }
      : await withShopLogs((shop) => checkLogs({ ...shop, onProgress: logProgress('reading') }, seals));
  const troubles = [...unsigned, ...checkSeries(seals), ...lost];
  const ok = troubles.length === 0;
  const shown = seals.map(({ file, sequence, sealedAt, keyId }) => ({ file, sequence, sealedAt, keyId }));
  const text = [...tables(seals, partitions), ...notes(missing), verdictOf(troubles, options.log ?? true)].join('\n\n');
  return { ok, json: { ok, seals: shown, missing, partitions, troubles }, text };
};

/** Files as they are; of a directory, all seals in it. */
const filesAt = async (paths: readonly string[]): Promise<readonly string[]> => {
  const files: string[] = [];
  for (const path of paths) {
    const isDirectory = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    const found = isDirectory ? await sealFilesIn(path) : [path];
    if (found.length === 0) throw new EsError('seal-unreadable', `${path} holds no seals`, false, { file: path });
    files.push(...found);
  }
  return files;
};

/** In the order of their sequence, each once; what is none is a trouble. */
const readSeals = async (
  files: readonly string[],
  key: KeyObject,
): Promise<{ readonly seals: readonly ReadSeal[]; readonly troubles: readonly Trouble[] }> => {
  const seals = new Map<string, ReadSeal>();
  const troubles: Trouble[] = [];
  for (const file of files) {
    try {
      const seal = readSeal(file, await contentOf(file), key);
      seals.set(seal.hash, seals.get(seal.hash) ?? seal);
    } catch (error) {
      if (!(error instanceof EsError)) throw error;
      troubles.push({ code: error.code, message: error.message, file });
    }
  }
  return { seals: [...seals.values()].sort((a, b) => a.sequence - b.sequence), troubles };
};

const tables = (seals: readonly ReadSeal[], partitions: readonly CheckedPartition[]): readonly string[] => [
  ...(seals.length > 0
    ? [
        table(
          ['seal', 'sealed', 'file'],
          seals.map(({ sequence, sealedAt, file }) => [sequence, sealedAt, file]),
        ),
      ]
    : []),
  ...(partitions.length > 0
    ? [
        table(
          ['partition', 'ends at', 'as sealed up to'],
          partitions.map(({ topic, partition, ordinal, heldTo }) => [partitionKey(topic, partition), ordinal, heldTo]),
        ),
      ]
    : []),
];

const notes = (missing: readonly MissingSeals[]): readonly string[] =>
  missing.map(({ from, to }) =>
    from === to ? `Seal ${from} was not given.` : `Seals ${from} to ${to} were not given.`,
  );

const verdictOf = (troubles: readonly Trouble[], log: boolean): string => {
  if (troubles.length > 0) return troubles.map(({ message }) => message).join('\n');
  return log ? 'The log is as it was sealed.' : 'The seals are as they were signed; the log was not looked at.';
};
