import { EsError } from '@ledgerline/es-core';
import { type Placed, countedRecords } from '../logs/counted-records.js';
import { type ShopLogs, withShopLogs } from '../logs/shop-logs.js';
import { logProgress } from '../terminal/log-progress.js';
import type { Result } from '../terminal/print.js';
import { causationTree, type TreeNode } from '../trace/causation-tree.js';
import { findConversations, type TracedRecord } from '../trace/find-conversations.js';
import { treeText } from '../trace/tree-text.js';

/** `es trace ID`: what followed from what, over all services, read from the logs. @throws EsError `trace-not-found` */
export const traceVerb = async (id: string): Promise<Result> => {
  const records = await withShopLogs((shop) => findConversations(id, () => everythingIn(shop)));
  if (records.length === 0)
    throw new EsError('trace-not-found', `the logs know no conversation, event, command or stream ${id}`, false, {
      id,
    });
  const tree = causationTree(records);
  const conversations = [...new Set(records.map(({ correlationId }) => correlationId))].sort();
  return { json: { conversations, messages: tree.map(inJson) }, text: textOf(conversations, records, tree) };
};

async function* everythingIn({ logs, platform }: ShopLogs): AsyncGenerator<Placed> {
  const onProgress = logProgress('reading');
  for (const log of logs) yield* countedRecords({ log, platform, onProgress });
}

/** Flat, in the order of a walk: nested, a long conversation would be deeper than readers of JSON go. */
const inJson = ({ message, depth }: TreeNode): object => ({ depth, ...message });

const textOf = (
  conversations: readonly string[],
  records: readonly TracedRecord[],
  tree: readonly TreeNode[],
): string => {
  const events = records.filter(({ kind }) => kind === 'event').length;
  const commands = tree.filter(({ message }) => message.kind === 'command').length;
  const named = conversations.length === 1 ? 'conversation' : 'conversations';
  return `${named} ${conversations.join(', ')}: ${commands} commands, ${events} events\n\n${treeText(tree)}`;
};
