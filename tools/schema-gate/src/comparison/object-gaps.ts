import { fieldIn, type Gap, gap } from './gap.js';
import { lengths, rangeGaps } from './scalar-gaps.js';
import { type Compare, inside, inWords, type Node, nodeOf, resolved, takesNothing } from './schema-node.js';

interface At {
  readonly path: string;
  readonly compare: Compare;
}

/** Of two objects: with fields of their own, with any fields, or both. */
export const objectGaps = (source: Node, target: Node, { path, compare }: At): readonly Gap[] => {
  const at = { path, compare };
  return [
    ...requiredGaps(source, target, path),
    ...fieldNames(source, target).flatMap((name) => fieldGaps(source, target, { ...at, name })),
    ...otherFieldGaps(source, target, at),
    ...nameGaps(source, target, at),
    ...rangeGaps(lengths(source, 'Properties'), lengths(target, 'Properties'), { path, what: 'fields' }),
  ];
};

const fieldNames = (...nodes: readonly Node[]): readonly string[] => [
  ...new Set(nodes.flatMap(({ schema }) => Object.keys(schema.properties ?? {}))),
];

const requiredGaps = ({ schema }: Node, target: Node, path: string): readonly Gap[] =>
  (target.schema.required ?? [])
    .filter((name) => !schema.required?.includes(name))
    .flatMap((name) => gap('required', fieldIn(path, name), 'may be missing', 'required'));

const fieldGaps = (
  source: Node,
  target: Node,
  { name, path, compare }: At & { readonly name: string },
): readonly Gap[] => {
  const [field, wanted] = [fieldOf(source, name), fieldOf(target, name)];
  if (takesNothing(field)) return [];
  const place = fieldIn(path, name);
  return takesNothing(resolved(wanted))
    ? gap('field', place, inWords(field), 'no such field')
    : compare(field, wanted, place);
};

const fieldOf = (node: Node, name: string): Node => {
  const { properties = {} } = node.schema;
  return Object.hasOwn(properties, name) ? inside(node, properties[name] ?? {}) : othersOf(node);
};

/** What fields without a schema of their own may be. */
const othersOf = (node: Node): Node => inside(node, node.schema.additionalProperties ?? {});

const otherFieldGaps = (source: Node, target: Node, { path, compare }: At): readonly Gap[] => {
  const [others, wanted] = [othersOf(source), othersOf(target)];
  if (takesNothing(others)) return [];
  const place = fieldIn(path, '*');
  return takesNothing(resolved(wanted))
    ? gap('field', place, 'fields of any name', 'no other fields')
    : compare(others, wanted, place);
};

/** A rule for names holds for all fields, also for those with a schema of their own. */
const nameGaps = (source: Node, target: Node, { path, compare }: At): readonly Gap[] => {
  const { propertyNames } = target.schema;
  if (propertyNames === undefined) return [];
  const rule = inside(target, propertyNames);
  const place = fieldIn(path, '(name)');
  const known = fieldNames(source).filter((name) => !takesNothing(fieldOf(source, name)));
  const others = inside(source, { type: 'string', ...namesOf(source) });
  return [
    ...known.flatMap((name) => compare(nodeOf({ const: name }), rule, place)),
    ...(takesNothing(othersOf(source)) ? [] : compare(others, rule, place)),
  ];
};

const namesOf = ({ schema: { propertyNames } }: Node): object =>
  typeof propertyNames === 'object' ? propertyNames : {};
