/** Rows as text in columns; numbers to the right. Nothing for no rows. */
export const table = (header: readonly string[], rows: readonly (readonly (string | number)[])[]): string => {
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => String(row[i] ?? '').length)));
  const line = (cells: readonly (string | number)[]): string =>
    cells
      .map((cell, i) =>
        typeof cell === 'number' ? String(cell).padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd();
  // A column of numbers has its name to the right as well.
  const names = header.map((name, i) => (typeof rows[0]?.[i] === 'number' ? name.padStart(widths[i] ?? 0) : name));
  return [names, ...rows].map(line).join('\n');
};
