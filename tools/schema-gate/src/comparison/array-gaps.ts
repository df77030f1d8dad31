import type { JsonSchema } from '../json-schema.js';
import { type Gap, gap } from './gap.js';
import { type Range, rangeGaps } from './scalar-gaps.js';
import { type Compare, inside, type Node, takesNothing } from './schema-node.js';

/** Of two arrays: lists, tuples, and tuples that go on as a list. */
export const arrayGaps = (
  source: Node,
  target: Node,
  { path, compare }: { readonly path: string; readonly compare: Compare },
): readonly Gap[] => {
  const has = itemCounts(source);
  const places = Math.max(placesOf(source), placesOf(target));
  const compared = Array.from({ length: Math.min(places, has.most) }, (_, i) =>
    compare(itemAt(source, i), itemAt(target, i), `${path}[${i}]`),
  ).flat();
  const others = has.most > places ? compare(itemAt(source, places), itemAt(target, places), `${path}[]`) : [];
  const isRepeated = target.schema.uniqueItems === true && source.schema.uniqueItems !== true && has.most > 1;
  return [
    ...compared,
    ...others,
    ...rangeGaps(has, itemCounts(target), { path, what: 'items' }),
    ...(isRepeated ? gap('unique', path, 'items that repeat', 'items that differ') : []),
  ];
};

const placesOf = ({ schema }: Node): number => schema.prefixItems?.length ?? 0;

const itemAt = (node: Node, index: number): Node => {
  const schema: JsonSchema = node.schema.prefixItems?.[index] ?? node.schema.items ?? {};
  return inside(node, schema);
};

/** How many items there may be; an item that nothing is taken for ends the array before it. */
const itemCounts = (node: Node): Range => {
  const { minItems = 0, maxItems = Infinity } = node.schema;
  const places = placesOf(node);
  const open = Array.from({ length: places + 1 }, (_, i) => i).find((i) => takesNothing(itemAt(node, i)));
  return { least: minItems, most: Math.min(maxItems, open ?? Infinity) };
};
