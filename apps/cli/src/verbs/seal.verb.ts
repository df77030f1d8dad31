import { createPublicKey } from 'node:crypto';
import { EsError, partitionKey } from '@ledgerline/es-core';
import { sealKeyFile } from '../environment.js';
import { withShopLogs } from '../logs/shop-logs.js';
import { currentHeads } from '../seal/current-heads.js';
import { contentOf, sealFilesIn, writeSeal } from '../seal/seal-directory.js';
import { makeKeys, privateKeyIn } from '../seal/seal-keys.js';
import { readSeal, sealed, type SealedLog } from '../seal/seal.js';
import { logProgress } from '../terminal/log-progress.js';
import type { Result } from '../terminal/print.js';
import { table } from '../terminal/table.js';

/** `es seal DIR`: signs what every partition has come to, behind the last seal in the directory. @throws EsError */
export const sealVerb = async (directory: string, { key: given }: { readonly key?: string }): Promise<Result> => {
  const keyFile = given ?? sealKeyFile(process.env);
  if (keyFile === undefined)
    throw new EsError('seal-key-unusable', 'name the private key with --key or SEAL_KEY_FILE', false);
  const key = await privateKeyIn(keyFile);
  const last = (await sealFilesIn(directory)).at(-1);
  const previous = last === undefined ? undefined : readSeal(last, await contentOf(last), createPublicKey(key));
  const logs = await withShopLogs((shop) => currentHeads({ ...shop, previous, onProgress: logProgress('reading') }));
  const seal = sealed(
    {
      ...{ sequence: (previous?.sequence ?? 0) + 1, previous: previous?.hash ?? null },
      ...{ sealedAt: new Date().toISOString(), logs },
    },
    key,
  );
  const file = await writeSeal(directory, seal);
  const { sequence, sealedAt, keyId } = seal;
  return { json: { file, sequence, sealedAt, keyId, logs }, text: `${headsText(logs)}\n\nSealed in ${file}.` };
};

/** `es seal --new-key FILE`. @throws EsError */
export const newSealKeyVerb = async (path: string): Promise<Result> => {
  const { publicKey, keyId } = await makeKeys(path);
  return {
    json: { privateKey: path, publicKey, keyId },
    text: `${path} signs and must stay secret; ${publicKey} verifies. The key is ${keyId}.`,
  };
};

const headsText = (logs: readonly SealedLog[]): string =>
  table(
    ['partition', 'ordinal', 'head'],
    logs.flatMap(({ topic, heads }) =>
      heads.map(({ partition, ordinal, head }) => [partitionKey(topic, partition), ordinal, head]),
    ),
  );
