/** `2-8, 11` of ascending lines. */
export const lineRanges = (lines: readonly number[]): readonly string[] => {
  const ranges: [first: number, last: number][] = [];
  for (const line of lines) {
    const range = ranges.at(-1);
    if (range?.[1] === line - 1) range[1] = line;
    else ranges.push([line, line]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
};

const RANGES_SAID = 10;

/** `line 2`, or `lines 2-8, 11`; not more of them than a person reads. */
export const formatRanges = (ranges: readonly string[]): string => {
  const more = ranges.length > RANGES_SAID ? ` and ${ranges.length - RANGES_SAID} more places` : '';
  const one = ranges.length === 1 && !ranges[0]?.includes('-');
  return `${one ? 'line' : 'lines'} ${ranges.slice(0, RANGES_SAID).join(', ')}${more}`;
};
