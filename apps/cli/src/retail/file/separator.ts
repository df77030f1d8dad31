import { FileUnusable } from './file-unusable.error.js';
import { shownText } from './shown-text.js';

const NAMES: Readonly<Record<string, string>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'pipe' };
const SEPARATORS = Object.keys(NAMES);

/** `comma`, `semicolon`, `tab` or `pipe`, or the character itself. */
export const separatorNamed = (text: string): string | undefined =>
  SEPARATORS.find((separator) => text === separator || text === NAMES[separator]) ??
  (text === '\\t' ? '\t' : undefined);

export const separatorName = (separator: string): string => NAMES[separator] ?? separator;

/** What a first line `sep=;` says, which is for Excel; undefined where it is no such line. */
export const separatorLine = (path: string, line: string): string | undefined => {
  const said = /^"?sep=(.*?)"?$/i.exec(line)?.[1];
  if (said === undefined) return undefined;
  const separator = separatorNamed(said);
  if (separator === undefined)
    throw new FileUnusable(
      path,
      `line 1 says ${shownText(line)}; a separator is one of ${SEPARATORS.map(separatorName).join(', ')}`,
    );
  return separator;
};

/** The separator under which a header says most. */
export const sniffSeparator = (header: string, score: (fields: readonly string[]) => number): string => {
  const scores = SEPARATORS.map((separator) => score(headerFields(header, separator)));
  return SEPARATORS[scores.indexOf(Math.max(...scores))] ?? ',';
};

const headerFields = (header: string, separator: string): readonly string[] =>
  header.replaceAll('"', '').split(separator);
