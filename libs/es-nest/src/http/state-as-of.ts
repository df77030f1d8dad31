import { type AsOf, type StateAt, streamId } from '@ledgerline/es-core';
import type { ServiceEventStore } from '../store/service-event-store.js';
import { viewHeaders } from './answers.js';
import type { AsOfQuery } from './fields.js';
import { NotFound } from './rejected.error.js';
import type { AnyReply } from './reply.js';
import { upToDate } from './up-to-date.js';

/**
 * The instance now or as it was then, the headers of the answer set.
 * @throws NotFound when it had no event then, or has no such version yet; the errors of `upToDate`.
 */
export const stateAsOf = async <State>(
  { aggregate, id, then, reply }: StateAsOfRequest<State>,
  store: ServiceEventStore,
): Promise<State> => {
  const stream = streamId(aggregate.category, id);
  await upToDate(store, stream, reply);
  const { state, version } = await aggregate.load(id, then.at === undefined ? versionOf(then) : { at: then.at });
  if (version === 0) throw new NotFound(`${aggregate.category}-not-found`, absence(aggregate.category, id, then));
  if (then.version !== undefined && then.version > version)
    throw new NotFound(
      'version-not-found',
      `${stream} is at version ${version}; there is no version ${then.version} yet`,
    );
  viewHeaders(reply, store, stream, version);
  return state;
};

export interface StateAsOfRequest<State> {
  readonly aggregate: { readonly category: string; load(id: string, asOf?: AsOf): Promise<StateAt<State>> };
  readonly id: string;
  readonly then: AsOfQuery;
  readonly reply: AnyReply;
}

const versionOf = ({ version }: AsOfQuery): { readonly version?: number } => (version === undefined ? {} : { version });

const absence = (category: string, id: string, { at }: AsOfQuery): string =>
  at === undefined ? `there is no ${category} ${id}` : `there was no ${category} ${id} at ${at}`;
