import { type AsOf, type StateAt, streamId } from '@ledgerline/es-core';
import type { OwnEventStore } from '../store/own-event-store.js';
import { viewHeaders } from './answers.js';
import type { Then } from './fields.js';
import { NotFound } from './rejected.error.js';
import type { AnyReply } from './reply.js';
import { upToDate } from './up-to-date.js';

/**
 * The instance now or as it was then, the headers of the answer set.
 * @throws NotFound when it had no event then, or has no such version yet; the errors of `upToDate`.
 */
export const stateThen = async <State>(
  { aggregate, id, then, reply }: StateQuestion<State>,
  store: OwnEventStore,
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

export interface StateQuestion<State> {
  readonly aggregate: { readonly category: string; load(id: string, asOf?: AsOf): Promise<StateAt<State>> };
  readonly id: string;
  readonly then: Then;
  readonly reply: AnyReply;
}

const versionOf = ({ version }: Then): { readonly version?: number } => (version === undefined ? {} : { version });

const absence = (category: string, id: string, { at }: Then): string =>
  at === undefined ? `there is no ${category} ${id}` : `there was no ${category} ${id} at ${at}`;
