const MOST_SHOWN = 60;

/** What nobody sees in a terminal, or what changes it: controls, spaces but the common one, and marks without a shape. */
const UNSEEN = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;
const EVERY_UNSEEN = new RegExp(UNSEEN, 'gu');

/**
 * A text of the file as messages show it, in quotes: cut where it is long, its characters that cannot be seen as `\u{A0}`,
 * and where the first of them is.
 */
export const shownText = (text: string): string => {
  const notes = [firstUnseen(text), isLong(text) ? `${text.length} characters` : ''].filter((note) => note !== '');
  return `"${visible(text)}"${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
};

/** As `shownText`, without quotes and words: for what is a name. */
export const visible = (text: string): string =>
  `${text.slice(0, MOST_SHOWN).replace(EVERY_UNSEEN, (it) => `\\u{${hex(it)}}`)}${isLong(text) ? '…' : ''}`;

const isLong = (text: string): boolean => text.length > MOST_SHOWN;

/** `its character 7 is U+00A0`, of the one at this index. */
export const namedCharacter = (text: string, at: number): string =>
  `its character ${Array.from(text.slice(0, at)).length + 1} is U+${hex(text.slice(at)).padStart(4, '0')}`;

const firstUnseen = (text: string): string => {
  const at = text.search(UNSEEN);
  return at < 0 ? '' : namedCharacter(text, at);
};

const hex = (text: string): string => (text.codePointAt(0) ?? 0).toString(16).toUpperCase();
