import { OutcomeUnknown } from '../errors.js';
import { pause, type Platform } from '../platform.js';
import type { Position } from '../position.js';
import type { ProgressBoard } from '../subscription/progress-board.js';
import type { Writer } from './writer.js';

export interface FoldedPartition {
  readonly writer: Pick<Writer, 'state' | 'catchUp'>;
  /** Told of everything that the writer folds. */
  readonly board: ProgressBoard;
  readonly platform: Platform;
}

/** What the log does not hold yet may never come. */
const LOOK_AGAIN_AFTER_MS = 40;

/**
 * As `ProgressBoard.wait`: at once where it is folded, else when the batch under way is, or the log was read on.
 * @throws LogDiverged
 */
export const foldedTo = async (
  { writer, board, platform }: FoldedPartition,
  position: Position,
  timeoutMs: number,
): Promise<boolean> => {
  if (writer.state.ordinal >= position.ordinal) return true;
  const waiting = { isOver: false };
  const reached = board.wait(position, timeoutMs).finally(() => (waiting.isOver = true));
  try {
    while (!waiting.isOver) {
      await Promise.race([reached, writer.catchUp(position.ordinal)]);
      if (writer.state.ordinal < position.ordinal) await Promise.race([reached, pause(platform, LOOK_AGAIN_AFTER_MS)]);
    }
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) throw error; // Else it was closed meanwhile.
  }
  return reached;
};
