// Walks histories in a process of its own: in jest's sandbox every look at a global costs, and there are millions of them.
// Arguments: first seed, number of histories, name of the deviation or nothing. Prints the first violations found.
import { DEVIATIONS } from './deviations.ts';
import { runHistory } from './history.ts';
import { NEVER_ANSWERED, violationsOf } from './judge.ts';

const [first, count, broken] = process.argv.slice(2);
const deviation = broken ? DEVIATIONS[broken] : undefined;

/** Errors are thrown by the thousand, and where is nobody's concern, unless it is the walk itself that broke. */
const historyOf = async (seed) => {
  Error.stackTraceLimit = 0;
  try {
    return await runHistory(seed, deviation);
  } catch {
    Error.stackTraceLimit = 25;
    return await runHistory(seed, deviation);
  }
};

for (let seed = Number(first); seed < Number(first) + Number(count); seed += 1) {
  const found = violationsOf(await historyOf(seed));
  // That a broken writer is slow would not tell what is broken in it.
  const violations = deviation ? found.filter((violation) => violation !== NEVER_ANSWERED) : found;
  if (violations.length === 0) continue;
  process.stdout.write(JSON.stringify({ seed, violations }));
  break;
}
