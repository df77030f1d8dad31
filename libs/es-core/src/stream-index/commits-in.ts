import type { RawEvent } from './stream-index.port.js';

/**
 * Events of one stream, in order, by the commit that recorded them. A command id is used once in a stream, so neighbours
 * with the same one are of the same commit.
 */
export function* commitsIn(events: Iterable<RawEvent>): Iterable<readonly RawEvent[]> {
  let commit: RawEvent[] = [];
  for (const event of events) {
    if (commit[0] && commit[0].commandId !== event.commandId) {
      yield commit;
      commit = [];
    }
    commit.push(event);
  }
  if (commit.length > 0) yield commit;
}

type Read = (stream: string, range: { readonly from?: number; readonly to?: number }) => Iterable<RawEvent>;

/** The commits that hold the stream's events from version `from` to `to`, whole, as far as they reach beyond these. */
export function* wholeCommits(
  read: Read,
  { stream, from, to }: { readonly stream: string; readonly from: number; readonly to: number },
): Iterable<readonly RawEvent[]> {
  for (const commit of commitsIn(read(stream, { from: beginOfCommit(read, stream, from) }))) {
    if ((commit[0]?.version ?? 0) > to) return;
    yield commit;
  }
}

/** The first version of the commit that holds this version. */
const beginOfCommit = (read: Read, stream: string, version: number): number => {
  let first = version;
  const commandIdAt = (at: number): string | undefined => [...read(stream, { from: at, to: at })][0]?.commandId;
  const commandId = first > 1 ? commandIdAt(first) : undefined;
  while (commandId !== undefined && first > 1 && commandIdAt(first - 1) === commandId) first -= 1;
  return first;
};
