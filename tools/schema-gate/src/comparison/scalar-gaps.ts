import { type Gap, gap } from './gap.js';
import { inWords, type Node } from './schema-node.js';

/** The least or the largest value; `isOpen` leaves it out. */
interface Bound {
  readonly at: number;
  readonly isOpen: boolean;
}

/** Of two strings, or a string's value and a string. */
export const stringGaps = (source: Node, target: Node, path: string): readonly Gap[] => {
  const { const: value } = source.schema;
  const length = typeof value === 'string' ? [...value].length : undefined;
  const { minLength = length ?? 0, maxLength = length ?? Infinity } = source.schema;
  return [
    ...rangeGaps({ least: minLength, most: maxLength }, lengths(target, 'Length'), { path, what: 'length' }),
    ...patternGaps(source, target, path),
    ...formatGaps(source, target, path),
  ];
};

const patternGaps = ({ schema }: Node, target: Node, path: string): readonly Gap[] => {
  const { pattern } = target.schema;
  if (pattern === undefined || schema.pattern === pattern) return [];
  return gap('pattern', path, schema.pattern ?? inWords({ schema, root: schema }), pattern);
};

const formatGaps = ({ schema }: Node, target: Node, path: string): readonly Gap[] => {
  const { format } = target.schema;
  if (format === undefined || schema.format === format) return [];
  return gap('format', path, schema.format ?? inWords({ schema, root: schema }), format);
};

/** Of two numbers, or a number's value and a number. */
export const numberGaps = (source: Node, target: Node, path: string): readonly Gap[] => {
  const isWhole = source.schema.type === 'integer' || Number.isInteger(source.schema.const);
  const [low, high] = boundsOf(source, isWhole);
  const [least, most] = boundsOf(target, isWhole);
  return [
    ...(isBelow(low, least) ? gap('bound', path, from(low), from(least)) : []),
    ...(isBelow(negated(high), negated(most)) ? gap('bound', path, upTo(high), upTo(most)) : []),
    ...multipleGaps(source, target, { path, isWhole }),
  ];
};

const boundsOf = ({ schema }: Node, isWhole: boolean): readonly [Bound, Bound] => {
  if (typeof schema.const === 'number') return [closed(schema.const), closed(schema.const)];
  const { minimum = -Infinity, exclusiveMinimum = -Infinity } = schema;
  const { maximum = Infinity, exclusiveMaximum = Infinity } = schema;
  const low = lower({ at: minimum, isOpen: false }, { at: exclusiveMinimum, isOpen: true }, isWhole);
  const high = lower({ at: -maximum, isOpen: false }, { at: -exclusiveMaximum, isOpen: true }, isWhole);
  return [low, negated(high)];
};

/** The stricter of two lower bounds; among whole numbers `> 0` is `>= 1`. */
const lower = (a: Bound, b: Bound, isWhole: boolean): Bound => {
  const bound = isBelow(a, b) ? b : a;
  if (!isWhole || !Number.isFinite(bound.at)) return bound;
  return closed(bound.isOpen ? Math.floor(bound.at) + 1 : Math.ceil(bound.at));
};

const closed = (at: number): Bound => ({ at, isOpen: false });
const negated = ({ at, isOpen }: Bound): Bound => ({ at: -at, isOpen });
const isBelow = (a: Bound, b: Bound): boolean => a.at < b.at || (a.at === b.at && b.isOpen && !a.isOpen);
const from = ({ at, isOpen }: Bound): string => (at === -Infinity ? 'no minimum' : `${isOpen ? '>' : '>='} ${at}`);
const upTo = ({ at, isOpen }: Bound): string => (at === Infinity ? 'no maximum' : `${isOpen ? '<' : '<='} ${at}`);

const multipleGaps = (
  { schema }: Node,
  target: Node,
  { path, isWhole }: { readonly path: string; readonly isWhole: boolean },
): readonly Gap[] => {
  const wanted = target.schema.multipleOf;
  if (wanted === undefined) return [];
  const steps = [schema.multipleOf, schema.const, isWhole ? 1 : undefined];
  if (steps.some((step) => typeof step === 'number' && Number.isInteger(step / wanted))) return [];
  return gap('multiple', path, inWords({ schema, root: schema }), `multiples of ${wanted}`);
};

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** `minLength` and `maxLength`, or the same of `Properties`. */
export const lengths = ({ schema }: Node, suffix: 'Length' | 'Properties'): Range => ({
  least: Number(schema[`min${suffix}`] ?? 0),
  most: Number(schema[`max${suffix}`] ?? Infinity),
});

export const rangeGaps = (
  source: Range,
  target: Range,
  { path, what }: { readonly path: string; readonly what: string },
): readonly Gap[] => [
  ...(source.least < target.least
    ? gap('bound', path, `${what} >= ${source.least}`, `${what} >= ${target.least}`)
    : []),
  ...(source.most > target.most
    ? gap(
        'bound',
        path,
        source.most === Infinity ? `any ${what}` : `${what} <= ${source.most}`,
        `${what} <= ${target.most}`,
      )
    : []),
];
