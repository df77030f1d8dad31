// What must hold, in one command: `npm test`; a part of it: `npm test -- --only=lint,unit`; and what takes long, too: `npm test -- --all`.
import { cleanUp, STEPS } from './test-steps.mjs';
import { endOnSignal, install, requireNode } from './workspace.mjs';

const chosenSteps = () => {
  const only = process.argv
    .find((argument) => argument.startsWith('--only='))
    ?.slice('--only='.length)
    .split(',');
  const names = Object.values(STEPS).flatMap((steps) => steps.map(({ name }) => name));
  const unknown = only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0) throw new Error(`No step ${unknown.join(', ')}; there are ${names.join(', ')}`);
  const all = process.argv.includes('--all');
  const isChosen = ({ name, onlyWhenAsked }) => (only ? only.includes(name) : all || !onlyWhenAsked);
  return Object.fromEntries(Object.entries(STEPS).map(([kind, steps]) => [kind, steps.filter(isChosen)]));
};

/** One that could not even be run has failed; the others are run all the same. */
const endOf = async (step, how) => {
  try {
    return await step.run(how);
  } catch (error) {
    return { code: 1, text: error.stack };
  }
};

const verdictOf = (step, broken, { code, skipped }) => {
  if (broken) return `not run: ${step.needs} failed`;
  if (skipped) return 'skipped';
  return code === 0 ? 'ok' : 'FAILED';
};

/** Beside others it gives way to them if it can, and what it wrote is printed when it has ended. */
const runStep = async (step, needed, { beside = false } = {}) => {
  // What the services did before the build broke says nothing.
  const broken = needed !== undefined && needed.code !== 0;
  const start = Date.now();
  const how = beside ? { show: false, niceness: step.givesWay ? 10 : 0 } : {};
  if (!broken && !beside) console.log(`\n=== ${step.name}`);
  const end = broken ? { code: 1 } : await endOf(step, how);
  if (!broken && beside) console.log(`\n=== ${step.name}`);
  if (end.text) console.log(end.text.trimEnd());
  const { code, passed = 0, failed = code === 0 ? 0 : 1 } = end;
  const seconds = (Date.now() - start) / 1000;
  return { name: step.name, code, passed, failed, verdict: verdictOf(step, broken, end), seconds };
};

/** One after the other, each when what it needs has ended, also where that is under way in another lane. */
const runSteps = async (steps, begun, options) => {
  for (const step of steps) {
    const end = Promise.resolve(begun.get(step.needs)).then((needed) => runStep(step, needed, options));
    begun.set(step.name, end);
    await end;
  }
};

const summarise = (done) => {
  console.log('\n=== summary');
  for (const { name, verdict, passed, failed, seconds } of done) {
    const counts = passed + failed > 0 ? `  ${passed} passed, ${failed} failed` : '';
    console.log(`  ${name.padEnd(14)}${verdict.padEnd(8)}${seconds.toFixed(1).padStart(7)} s${counts}`);
  }
};

const sum = (done, count) => done.reduce((total, step) => total + step[count], 0);

const main = async () => {
  requireNode();
  const { alone, tools, ...lanes } = chosenSteps();
  await install();
  const begun = new Map();
  await runSteps(alone, begun);
  const [first = [], ...others] = Object.values(lanes).filter((steps) => steps.length > 0);
  const left = tools.values();
  const lane = async (steps, options) => {
    await runSteps(steps, begun, options);
    // Whoever is done first takes them.
    await runSteps(left, begun, { beside: others.length > 0 });
  };
  await Promise.all([lane(first), ...others.map((steps) => lane(steps, { beside: true }))]);
  const done = await Promise.all(begun.values());
  summarise(done);
  console.log(`\n${sum(done, 'passed')} passed, ${sum(done, 'failed')} failed`);
  return done.every(({ code, failed }) => code === 0 && failed === 0) ? 0 : 1;
};

endOnSignal(cleanUp);
try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
} finally {
  cleanUp();
}
