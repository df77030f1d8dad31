// Walks histories in a process of its own: in jest's sandbox every look at a global costs, and there are millions of them.
// Arguments: first seed, number of histories, name of the broken part or nothing. Prints the first violations found.
import { BROKEN_SETTLEMENTS } from './broken-settlements.ts';
import { runHistory } from './history.ts';
import { NEVER_ANSWERED, violationsOf } from './judge.ts';
import { BROKEN_REACHING } from './reading.ts';

const [first, count, broken] = process.argv.slice(2);
const replaced = { settling: BROKEN_SETTLEMENTS[broken], reaching: BROKEN_REACHING[broken] };

/** Errors are thrown by the thousand, and where is nobody's concern, unless it is the walk itself that broke. */
const historyOf = async (seed) => {
  Error.stackTraceLimit = 0;
  try {
    return await runHistory(seed, replaced);
  } catch {
    Error.stackTraceLimit = 25;
    return await runHistory(seed, replaced);
  }
};

for (let seed = Number(first); seed < Number(first) + Number(count); seed += 1) {
  const found = violationsOf(await historyOf(seed));
  // That a broken writer is slow would not tell what is broken in it.
  const violations = broken ? found.filter((violation) => violation !== NEVER_ANSWERED) : found;
  if (violations.length === 0) continue;
  process.stdout.write(JSON.stringify({ seed, violations }));
  break;
}
