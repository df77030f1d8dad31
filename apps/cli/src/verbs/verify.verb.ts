import { withShop } from '../http/shop.js';
import type { Result } from '../terminal/print.js';
import { table } from '../terminal/table.js';
import { verifyLogs } from '../verify/verify-logs.js';
import type { PartitionVerdict } from '../verify/verify-partition.js';
import { type ReadModelVerdict, verifyReadModels } from '../verify/verify-read-models.js';

export interface VerifyOptions {
  /** False: the logs only, for which no service has to run. */
  readonly readModels: boolean;
}

const EXAMPLES = 10;

/** `es verify`: nothing in the logs was edited, removed or reordered, and the read models are what the logs say. */
export const verifyVerb = async (options: VerifyOptions): Promise<Result> => {
  const say = (what: string): void => void process.stderr.write(`verifying ${what}\n`);
  const partitions = await verifyLogs(say);
  const readModels = options.readModels ? await withShop((shop) => verifyReadModels(shop, say)) : [];
  const troubles = [...partitions.flatMap(troublesOf), ...readModels.flatMap(divergences)];
  const ok = troubles.length === 0;
  return { ok, json: { ok, partitions, readModels }, text: textOf(partitions, readModels, troubles) };
};

const troublesOf = ({ topic, partition, brokenAt }: PartitionVerdict): string[] =>
  brokenAt === undefined
    ? []
    : [`${topic}/${partition}: what lies before offset ${brokenAt} was edited, removed or reordered`];

const divergences = ({ name, divergent, failure }: ReadModelVerdict): string[] => {
  if (failure !== undefined) return [`${name}: ${failure}`];
  const some = divergent.slice(0, EXAMPLES).map(({ id, problem, fields }) => {
    const which = fields ? ` (${fields.join(', ')})` : '';
    return `${name}: ${id} is ${problem}${which}`;
  });
  return divergent.length > EXAMPLES ? [...some, `${name}: and ${divergent.length - EXAMPLES} more documents`] : some;
};

const textOf = (
  partitions: readonly PartitionVerdict[],
  readModels: readonly ReadModelVerdict[],
  troubles: readonly string[],
): string => {
  const logs = partitions.map(({ topic, partition, records, counted, refused, head }) => [
    ...[`${topic}/${partition}`, records, counted, refused, head],
  ]);
  const models = readModels.map(({ name, checked, divergent }) => [name, checked, divergent.length]);
  return [
    table(['partition', 'records', 'counted', 'refused', 'head'], logs),
    ...(models.length > 0 ? [table(['read model', 'documents', 'divergent'], models)] : []),
    troubles.length === 0 ? 'Everything is as it was written.' : troubles.join('\n'),
  ].join('\n\n');
};
