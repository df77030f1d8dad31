import { parseArgs } from 'node:util';
import { type BrokerCount } from './kafka/cluster-plan.js';
import { type ServerName } from './local-server.js';

export type Command =
  | { readonly verb: 'up'; readonly only?: ServerName; readonly brokers?: BrokerCount }
  | { readonly verb: 'down'; readonly wipe: boolean }
  | { readonly verb: 'status' };

/** What was typed is not a command; the message says what is. */
export class UsageError extends Error {}

const USAGE = 'usage: servers:up [-- --only kafka|mongo] [--brokers 1|3], servers:down [-- --wipe], servers:status';

/** @throws UsageError */
export const parseCommand = ([verb, ...args]: readonly string[]): Command => {
  switch (verb) {
    case 'up':
      return { verb, ...upOptionsOf(optionsOf(args, { only: { type: 'string' }, brokers: { type: 'string' } })) };
    case 'down':
      return { verb, wipe: optionsOf(args, { wipe: { type: 'boolean' } })['wipe'] === true };
    case 'status':
      optionsOf(args, {});
      return { verb };
    default:
      throw new UsageError(USAGE);
  }
};

const optionsOf = (
  args: readonly string[],
  options: Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>,
): Readonly<Record<string, unknown>> => {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : ''}\n${USAGE}`, { cause: error });
  }
};

const upOptionsOf = ({
  only,
  brokers,
}: Readonly<Record<string, unknown>>): { readonly only?: ServerName; readonly brokers?: BrokerCount } => {
  if (only !== undefined && only !== 'kafka' && only !== 'mongo')
    throw new UsageError(`--only takes kafka or mongo\n${USAGE}`);
  if (brokers !== undefined && brokers !== '1' && brokers !== '3')
    throw new UsageError(`--brokers takes 1 or 3\n${USAGE}`);
  if (brokers !== undefined && only === 'mongo') throw new UsageError(`--brokers is about Kafka\n${USAGE}`);
  return { ...(only && { only }), ...(brokers && { brokers: brokers === '1' ? 1 : 3 }) };
};
