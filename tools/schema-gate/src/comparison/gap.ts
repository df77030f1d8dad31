/**
 * `type`: another type of value · `value`: one that is not listed · `member`: a form that is none of those taken · `required`:
 * a field may be missing · `field`: a field is refused · `bound`: too small, large, short or long · `pattern`, `format`,
 * `multiple`, `unique`: as in JSON Schema · `personal`: stored in another form · `incomparable`: a keyword that nobody here understands differs, so a person has
 * to look.
 */
export type GapKind =
  | 'type'
  | 'value'
  | 'member'
  | 'required'
  | 'field'
  | 'bound'
  | 'pattern'
  | 'format'
  | 'multiple'
  | 'unique'
  | 'personal'
  | 'incomparable';

/** A place where values of the source may be none of the target. */
export interface Gap {
  readonly kind: GapKind;
  /** Of the field, such as `lines[].quantity`; empty for the value itself. */
  readonly path: string;
  /** What may come from the source, in a few words. */
  readonly source: string;
  /** What the target takes. */
  readonly target: string;
}

export const gap = (kind: GapKind, path: string, source: string, target: string): readonly Gap[] => [
  { kind, path, source, target },
];

export const fieldIn = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
