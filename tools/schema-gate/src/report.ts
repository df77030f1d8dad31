import type { BreakingChange } from './breaking-changes.js';
import { grouped } from './grouped.js';

/** For people: each place once, with all that breaks there and what to do. */
export const breakingReport = (changes: readonly BreakingChange[]): string => {
  const places = grouped(changes, placeOf);
  const count = changes.length === 1 ? '1 breaking change' : `${changes.length} breaking changes`;
  const blocks = [...places].map(([place, here]) => [place, ...here.map(lineOf), ...insteads(here)].join('\n'));
  return [`${count} against the released schemas:`, ...blocks].join('\n\n');
};

const placeOf = ({ storedName, path, topic }: BreakingChange): string =>
  `${storedName}${path === '' ? '' : `, ${path}`} (${topic})`;

const lineOf = ({ breaks, why }: BreakingChange): string => `  ${breaks}: ${why}`;

const insteads = (changes: readonly BreakingChange[]): readonly string[] =>
  [...new Set(changes.map(({ instead }) => instead))].map((instead) => `  instead: ${instead}`);
