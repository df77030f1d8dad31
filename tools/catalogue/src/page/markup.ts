/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | readonly Html[];

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const textOf = (part: Part): string => {
  if (part instanceof Html) return part.text;
  return typeof part === 'object' ? part.map(({ text }) => text).join('') : escaped(String(part));
};

/** Everything that is put into it is escaped, but for what is HTML. */
export const markup = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.map((text, i) => text + (i < parts.length ? textOf(parts[i] ?? '') : '')).join(''));

export const nothing = markup``;

/** With something between each and the next. */
export const joined = (items: readonly Html[], between: string): Html =>
  new Html(items.map(({ text }) => text).join(escaped(between)));

/** Text in which `…` is code. */
export const prose = (text: string): Html =>
  new Html(escaped(text).replaceAll(/`([^`]+)`/g, (_, code: string) => `<code>${code}</code>`));
