import { requireJava, requireJavaCompiler } from '../java.js';
import { javaJars } from '../java-jars.js';
import { ServersError } from '../servers.error.js';

/** The brokers that `KAFKA_BROKERS` names, addresses with commas between them; none where it is not set, or empty. */
export const namedBrokers: readonly string[] = (process.env['KAFKA_BROKERS'] ?? '').split(',').filter(Boolean);

/** `describe` where `KAFKA_BROKERS` names a broker; skipped otherwise, with the reason in the title. */
export const describeWithBroker = (title: string, cases: () => void): void => describeWithBrokers(1, title, cases);

/** `describe` where `KAFKA_BROKERS` names so many brokers or more. */
export const describeWithBrokers = (count: number, title: string, cases: () => void): void => {
  if (namedBrokers.length >= count) describe(title, cases);
  else describe.skip(`${title} (name ${count} or more in KAFKA_BROKERS to run it)`, cases);
};

type ServerName = Parameters<typeof javaJars>[0];

/** `describeWithOwnServers` of brokers alone. */
export const describeWithOwnBrokers = (title: string, cases: () => void): Promise<void> =>
  describeWithOwnServers(['kafka'], title, cases);

/**
 * `describe` where this machine can run such servers of the spec's own. Otherwise it is skipped, and one line on stderr says
 * what is missing.
 * @throws ServersError when something is missing and `CI` is `true`: there nothing is left out
 */
export const describeWithOwnServers = async (
  servers: readonly ServerName[],
  title: string,
  cases: () => void,
): Promise<void> => {
  const missing = await missingPrerequisite(servers);
  if (!missing) return void describe(title, cases);
  if (process.env['CI'] === 'true') throw missing;
  process.stderr.write(`${missing.message} Without it, this is not run: ${title}.\n`);
  describe.skip(title, cases);
};

const missingPrerequisite = async (servers: readonly ServerName[]): Promise<ServersError | undefined> => {
  try {
    await requireJava();
    if (servers.includes('mongo')) await requireJavaCompiler();
    for (const server of servers) await javaJars(server, () => undefined);
    return undefined;
  } catch (error) {
    if (error instanceof ServersError && error.isPrerequisite) return error;
    throw error;
  }
};
