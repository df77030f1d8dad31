import { withShop } from '../http/shop.js';
import type { Result } from '../terminal/print.js';
import { table } from '../terminal/table.js';
import { type VerifiedLogs, verifyLogs } from '../verify/verify-logs.js';
import type { PartitionVerdict } from '../verify/verify-partition.js';
import { type ReadModelDivergence, type ReadModelVerdict, verifyReadModels } from '../verify/verify-read-models.js';

export interface VerifyOptions {
  /** True: the read models only; false: the logs only, for which no service has to run. Both unless said otherwise. */
  readonly readModels?: boolean;
  /** A percentage of the documents of the read models. */
  readonly sample?: number;
}

const EXAMPLES = 10;
const NO_LOGS: VerifiedLogs = { partitions: [], notes: [] };

/** `es verify`: nothing in the logs was edited, removed or reordered, and the read models are what the logs say. */
export const verifyVerb = async ({ readModels: which, sample }: VerifyOptions): Promise<Result> => {
  const say = (what: string): void => void process.stderr.write(`verifying ${what}\n`);
  const { partitions, notes } = which === true ? NO_LOGS : await verifyLogs(say);
  const readModels =
    which === false ? [] : await withShop((shop) => verifyReadModels(shop, { sample, onReadModel: say }));
  const troubles = [...partitions.flatMap(troublesOf), ...readModels.flatMap(divergences)];
  const ok = troubles.length === 0;
  return { ok, json: { ok, partitions, notes, readModels }, text: textOf({ partitions, notes }, readModels, troubles) };
};

const troublesOf = ({ topic, partition, brokenAt }: PartitionVerdict): string[] =>
  brokenAt === undefined
    ? []
    : [`${topic}/${partition}: what lies before offset ${brokenAt} was edited, removed or reordered`];

const timesAhead = ({ topic, partition, ahead }: PartitionVerdict): string[] => {
  if (!ahead) return [];
  const { count, position, offset, time, lastOffset, mostMs } = ahead;
  return [
    `${topic}/${partition}: a clock was wrong: ${count} records, from ${position} (offset ${offset}, time ${time}) to offset ${lastOffset}, have times up to ${Math.round(mostMs / 1_000)} s ahead of when they were stored`,
  ];
};

const divergences = ({ name, divergent, divergentCount, failure }: ReadModelVerdict): string[] => {
  if (failure !== undefined) return [`${name}: ${failure}`];
  const some = divergent.slice(0, EXAMPLES).map((one) => `${name}: ${sentenceOf(one)}`);
  return divergentCount > some.length ? [...some, `${name}: and ${divergentCount - some.length} more documents`] : some;
};

const sentenceOf = ({ id, problem, fields, firstEvent }: ReadModelDivergence): string => {
  const which = fields ? ` (${fields.join(', ')})` : '';
  const { position, stream, version, type } = firstEvent ?? {};
  return `${id} is ${problem}${which}${firstEvent ? `, from ${type} at ${position} on (${stream}, version ${version})` : ''}`;
};

const textOf = (
  { partitions, notes }: VerifiedLogs,
  readModels: readonly ReadModelVerdict[],
  troubles: readonly string[],
): string => {
  const logs = partitions.map(({ topic, partition, records, counted, refused, head }) => [
    ...[`${topic}/${partition}`, records, counted, refused, head],
  ]);
  const models = readModels.map(({ name, checked, divergentCount, sample }) => [
    ...[name, checked, divergentCount, sample ? `${sample.percent} %, seed ${sample.seed}` : 'all'],
  ]);
  return [
    ...(logs.length > 0 ? [table(['partition', 'records', 'counted', 'refused', 'head'], logs)] : []),
    ...(models.length > 0 ? [table(['read model', 'documents', 'divergent', 'of'], models)] : []),
    ...[notes, partitions.flatMap(timesAhead)].filter(({ length }) => length > 0).map((lines) => lines.join('\n')),
    troubles.length === 0 ? 'Everything is as it was written.' : troubles.join('\n'),
  ].join('\n\n');
};
