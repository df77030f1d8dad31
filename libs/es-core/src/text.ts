/** Of text that somebody sends: half of a character would become another one wherever it is stored as UTF-8. */
export const wellFormedRule = 'must be well-formed text, without half of a surrogate pair';

/** Free text: well-formed, and of the control characters only tabs and line breaks. */
export const TEXT_FORM = /^[\t\n\r\P{C}\p{Cf}\p{Co}\p{Cn}]*$/u;
export const textRule = 'must be well-formed text, without control characters but tabs and line breaks';
