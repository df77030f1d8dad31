import { formatPosition, type Rejection } from '@ledgerline/es-core';
import type { TracedRecord } from './find-conversations.js';

/** A command that recorded events, or whose verdict is in the log. */
export interface TracedCommand {
  readonly kind: 'command';
  readonly id: string;
  /** Where the log says it: of what reactors send, and of verdicts. */
  readonly type?: string;
  readonly stream: string;
  readonly actor: string;
  readonly correlationId: string;
  /** What it follows from; its own id where that is nothing. */
  readonly causationId: string;
  /** Of the first thing that it recorded. */
  readonly time: string;
  readonly position: string;
  readonly outcome: 'recorded' | 'nothing-to-do' | 'rejected';
  readonly rejection?: Rejection;
  /** True where it follows, by others, from itself: somebody named a cause that did not exist yet. */
  readonly cycle?: true;
}

export interface TracedEvent {
  readonly kind: 'event';
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly version: number;
  /** The command that recorded it. */
  readonly commandId: string;
  readonly time: string;
  readonly position: string;
}

/** Something that is named as a cause and is in none of the conversations: of another one, or of another system. */
export interface MissingCause {
  readonly kind: 'missing';
  readonly id: string;
}

export type Message = TracedCommand | TracedEvent | MissingCause;

/** A message in its place. Lists of them are in the order of a walk: each message, then all that follows from it. */
export interface TreeNode {
  readonly message: Message;
  /** 0 for what follows from nothing. */
  readonly depth: number;
  /** True where nothing else follows from the same cause. */
  readonly isLast: boolean;
}

interface Linked {
  message: Message;
  readonly children: Linked[];
}

interface LinkedCommand extends Linked {
  message: TracedCommand;
}

/** What followed from what. Whatever follows from the same message is in the order of recorded time. */
export const causationTree = (records: readonly TracedRecord[]): readonly TreeNode[] => {
  const { commands, byId } = linkedCommands([...records].sort(inTime));
  const missing = new Map<string, Linked>();
  const roots: Linked[] = [];
  const parents = new Map<Linked, Linked>();
  for (const command of commands) {
    const { id, causationId } = command.message;
    const parent =
      causationId === id ? undefined : (byId.get(causationId) ?? missingCause(causationId, missing, roots));
    if (parent) parents.set(command, parent);
    (parent?.children ?? roots).push(command);
  }
  return walk([...roots, ...cyclesIn(commands, roots, parents)]);
};

const inTime = (a: TracedRecord, b: TracedRecord): number =>
  compare(a.time, b.time) || compare(a.topic, b.topic) || a.partition - b.partition || a.ordinal - b.ordinal;

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);

/** The commands in the order of time with their events below them; and what other commands may name as their cause. */
const linkedCommands = (records: readonly TracedRecord[]) => {
  const commands = new Map<string, LinkedCommand>();
  const byId = new Map<string, Linked>();
  for (const record of records) {
    // The same id in another stream is another command.
    const key = `${record.stream}\n${record.commandId}`;
    let command = commands.get(key);
    if (!command) commands.set(key, (command = { message: commandOf(record), children: [] }));
    if (!byId.has(record.commandId)) byId.set(record.commandId, command);
    if (record.kind === 'verdict') continue;
    const event = { message: eventOf(record), children: [] };
    command.children.push(event);
    byId.set(record.id, event);
  }
  return { commands: [...commands.values()], byId };
};

const missingCause = (id: string, missing: Map<string, Linked>, roots: Linked[]): Linked => {
  let cause = missing.get(id);
  if (cause) return cause;
  cause = { message: { kind: 'missing', id }, children: [] };
  missing.set(id, cause);
  roots.push(cause);
  return cause;
};

/** The first command of every circle, cut off from its cause; a circle hangs on nothing, so no walk from the roots sees it. */
const cyclesIn = (
  commands: readonly LinkedCommand[],
  roots: readonly Linked[],
  parents: ReadonlyMap<Linked, Linked>,
): readonly Linked[] => {
  const seen = new Set<Linked>();
  const see = (from: readonly Linked[]): void => {
    const waiting = [...from];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(...next.children);
    }
  };
  see(roots);
  const heads: Linked[] = [];
  for (const command of commands) {
    if (seen.has(command)) continue;
    const siblings = parents.get(command)?.children ?? [];
    siblings.splice(siblings.indexOf(command), 1);
    command.message = { ...command.message, cycle: true };
    heads.push(command);
    see([command]);
  }
  return heads;
};

/** Without recursion: a conversation may be thousands of messages deep. */
const walk = (roots: readonly Linked[]): readonly TreeNode[] => {
  const nodes: TreeNode[] = [];
  const waiting: { readonly linked: Linked; readonly depth: number; readonly isLast: boolean }[] = [];
  const push = (siblings: readonly Linked[], depth: number): void => {
    for (let i = siblings.length - 1; i >= 0; i -= 1) {
      const linked = siblings[i];
      if (linked) waiting.push({ linked, depth, isLast: i === siblings.length - 1 });
    }
  };
  push(roots, 0);
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { linked, depth, isLast } = next;
    nodes.push({ message: linked.message, depth, isLast });
    push(linked.children, depth + 1);
  }
  return nodes;
};

const commandOf = (record: TracedRecord): TracedCommand => {
  const { commandId: id, stream, actor, correlationId, causationId, time, rejection } = record;
  const type = record.kind === 'verdict' ? record.type : typeIn(record);
  return {
    ...{ kind: 'command', id, stream, actor, correlationId, causationId, time, position: formatPosition(record) },
    ...(type !== undefined && { type }),
    outcome: record.kind === 'event' ? 'recorded' : rejection ? 'rejected' : 'nothing-to-do',
    ...(rejection && { rejection }),
  };
};

/** The id of a reactor's command is its cause and its type. */
const typeIn = ({ commandId, causationId }: TracedRecord): string | undefined =>
  commandId.startsWith(`${causationId}.`) ? commandId.slice(causationId.length + 1) : undefined;

const eventOf = (record: TracedRecord): TracedEvent => {
  const { id, type, stream, version, commandId, time } = record;
  return { kind: 'event', id, type, stream, version, commandId, time, position: formatPosition(record) };
};
