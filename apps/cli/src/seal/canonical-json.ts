/**
 * The one text of a JSON value (RFC 8785, for what seals hold: texts, whole numbers, lists, objects): fields in the order of
 * their names, and no spaces. Whoever reads the value gets the same bytes, however it was laid out.
 */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join(',')}}`;
};
