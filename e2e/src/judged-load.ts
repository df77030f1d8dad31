import type { CartLoad } from './cart-load.js';
import { type CountedLog, countedLog } from './counted-log.js';
import { ask } from './http.js';

/**
 * Lets a load come to its end and holds it against the log, whatever the services say: what was acknowledged counts once, at
 * the version that was answered, versions have no gaps, and what is answered now is all of it.
 */
export const judgedLoad = async (
  load: CartLoad,
  kafka: { readonly brokers: readonly string[]; readonly prefix: string },
): Promise<CountedLog> => {
  await load.stop();
  const { acknowledged, stale, surprises } = load;
  const log = await countedLog('orders.events', kafka.brokers, kafka.prefix);
  const byCommand = new Map<string, string[]>();
  const versions = new Map<string, number>();
  const gaps: string[] = [];
  for (const { kind, key, version, commandId } of log.records) {
    if (kind !== 'event') continue;
    byCommand.set(commandId, [...(byCommand.get(commandId) ?? []), `${key}@${version}`]);
    if (version !== (versions.get(key) ?? 0) + 1) gaps.push(`${key}@${version}`);
    versions.set(key, version);
  }
  const lost = acknowledged.filter(
    ({ commandId, stream, version }) => byCommand.get(commandId)?.join() !== `${stream}@${version}`,
  );
  const otherwise = await answeredOtherwise(load.urls, versions);
  expect({ lost, gaps, surprises, stale, otherwise }).toEqual({
    ...{ lost: [], gaps: [], surprises: [], stale: [], otherwise: [] },
  });
  return log;
};

/** Carts that an instance shows at another version than the one they have. */
const answeredOtherwise = async (
  urls: readonly string[],
  versions: ReadonlyMap<string, number>,
): Promise<readonly string[]> => {
  const otherwise: string[] = [];
  for (const url of urls)
    for (const [stream, version] of versions) {
      const { status, header } = await ask(`GET ${url}/carts/${stream.slice('cart-'.length)}`);
      if (header('etag') !== `"${version}"`) otherwise.push(`${stream}@${version}: ${status} ${header('etag')}`);
    }
  return otherwise;
};
