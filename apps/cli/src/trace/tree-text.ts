import type { Message, TracedCommand, TreeNode } from './causation-tree.js';

/** Deeper messages are not indented further: their depth is said instead. */
const MOST_INDENTED = 40;

/** One line a message, each below and behind what it follows from. */
export const treeText = (nodes: readonly TreeNode[]): string => {
  // What stands before the children of the last message at each depth.
  const margins: string[] = [''];
  const lines = nodes.map(({ message, depth, isLast }) => {
    if (depth === 0) {
      margins[1] = '';
      return lineOf(message);
    }
    const shown = Math.min(depth, MOST_INDENTED);
    const margin = margins[shown] ?? '';
    margins[shown + 1] = `${margin}${isLast ? '   ' : '│  '}`;
    const deep = depth > MOST_INDENTED ? `[${depth}] ` : '';
    return `${margin}${isLast ? '└─ ' : '├─ '}${deep}${lineOf(message)}`;
  });
  return lines.join('\n');
};

const lineOf = (message: Message): string => {
  switch (message.kind) {
    case 'command':
      return commandLine(message);
    case 'event': {
      const { type, id, position, time } = message;
      return `${type}  ${id}  ${position}  ${time}`;
    }
    case 'missing':
      return `${message.id}  (named as a cause, and not in this conversation)`;
  }
};

const commandLine = (command: TracedCommand): string => {
  const { type, id, actor, stream, position, time, outcome, rejection, cycle } = command;
  const name = type === undefined ? `command ${id}` : `${type}`;
  const verdict = rejection ? `rejected, ${rejection.code}` : 'nothing to do';
  const what = outcome === 'recorded' ? '' : `: ${verdict}  ${stream}  ${position}  ${time}`;
  return `${name} by ${actor}${what}${cycle ? `  (a circle: it follows from ${command.causationId})` : ''}`;
};
