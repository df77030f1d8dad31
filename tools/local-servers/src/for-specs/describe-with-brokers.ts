import { requireJava } from '../java.js';
import { kafkaJars } from '../kafka/kafka-jars.js';
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

/**
 * `describe` where this machine can run brokers of the spec's own. Otherwise it is skipped, and one line on stderr says
 * what is missing.
 * @throws ServersError when something is missing and `CI` is `true`: there nothing is left out
 */
export const describeWithOwnBrokers = async (title: string, cases: () => void): Promise<void> => {
  const missing = await missingPrerequisite();
  if (!missing) return void describe(title, cases);
  if (process.env['CI'] === 'true') throw missing;
  process.stderr.write(`${missing.message} Without it, this is not run: ${title}.\n`);
  describe.skip(title, cases);
};

const missingPrerequisite = async (): Promise<ServersError | undefined> => {
  try {
    await requireJava();
    await kafkaJars(() => undefined);
    return undefined;
  } catch (error) {
    if (error instanceof ServersError && error.isPrerequisite) return error;
    throw error;
  }
};
