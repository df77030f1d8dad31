import type { CommandWindow } from './command-window.js';

const NEW_LINE = 0x0a;

/** The body of a request of many commands: kept as the bytes that it came in, and made into text line by line. */
export class CommandBody {
  constructor(
    private readonly bytes: Buffer,
    /** Where the commands of all such requests take turns. */
    readonly window: CommandWindow,
  ) {}

  /** The lines that are not blank, in their order, from the first one at each call. */
  *lines(): Generator<string> {
    const { bytes } = this;
    for (let start = 0; start < bytes.length;) {
      const found = bytes.indexOf(NEW_LINE, start);
      const end = found === -1 ? bytes.length : found;
      const line = bytes.toString('utf8', start, end);
      if (line.trim() !== '') yield line;
      start = end + 1;
    }
  }
}
