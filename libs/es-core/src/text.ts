/** Of text that somebody sends: half of a character would become another one wherever it is stored as UTF-8. */
export const wellFormedRule = 'must be well-formed text, without half of a surrogate pair';

/** Free text: well-formed, and of the control characters only tabs and line breaks. */
export const TEXT_FORM = /^[\t\n\r\P{C}\p{Cf}\p{Co}\p{Cn}]*$/u;
export const textRule = 'must be well-formed text, without control characters but tabs and line breaks';

/** A backslash or a whole pair, or else half of one. */
const ESCAPED = /(\\\\|\\ud[89ab][\da-f]{2}\\ud[c-f][\da-f]{2})|\\ud[89a-f][\da-f]{2}/gi;

/** The same JSON with U+FFFD in place of each half of a surrogate pair, as whoever stores it as UTF-8 puts it. */
export const wellFormedJson = (json: string): string =>
  json.includes('\\u') ? json.replaceAll(ESCAPED, (_half, whole?: string) => whole ?? '\\ufffd') : json;
