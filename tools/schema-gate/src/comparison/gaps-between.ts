import { isSame, type JsonSchema } from '../json-schema.js';
import { arrayGaps } from './array-gaps.js';
import { type Gap, gap } from './gap.js';
import { objectGaps } from './object-gaps.js';
import { numberGaps, stringGaps } from './scalar-gaps.js';
import {
  branchesOf,
  type Compare,
  constantFields,
  inside,
  inWords,
  isSameNode,
  type Node,
  nodeOf,
  resolved,
  strangeKeywords,
  takesAnything,
  takesNothing,
  typeOf,
} from './schema-node.js';

/**
 * Where a value that is valid for `source` may be invalid for `target`; none where every value of the one is a value of the
 * other. Where that cannot be proved there is a gap: the answer may be too strict, never too lax.
 */
export const gapsBetween = (source: JsonSchema, target: JsonSchema): readonly Gap[] =>
  distinct(new Comparison().of(nodeOf(source), nodeOf(target), ''));

class Comparison {
  /** Pairs that are being compared: one that is met again inside itself holds if all the rest does. */
  readonly #underWay = new Set<string>();

  of(source: Node, target: Node, path: string): readonly Gap[] {
    const references = [source.schema.$ref, target.schema.$ref];
    if (references.every((reference) => reference === undefined)) return this.#plain(source, target, path);
    const pair = JSON.stringify([source.schema, target.schema]);
    if (this.#underWay.has(pair)) return [];
    this.#underWay.add(pair);
    const gaps = this.of(resolved(source), resolved(target), path);
    this.#underWay.delete(pair);
    return gaps;
  }

  #plain(source: Node, target: Node, path: string): readonly Gap[] {
    const [isPersonal, wasPersonal] = [source, target].map(({ schema }) => schema['personal'] === true);
    if (isPersonal !== wasPersonal) return gap('personal', path, storedAs(isPersonal), storedAs(wasPersonal));
    return this.#alike(withoutPersonal(source), withoutPersonal(target), path);
  }

  #alike(source: Node, target: Node, path: string): readonly Gap[] {
    if (takesNothing(source) || takesAnything(target)) return [];
    if (takesNothing(target)) return gap('type', path, inWords(source), 'nothing');
    const strange = [...new Set([...strangeKeywords(source), ...strangeKeywords(target)])];
    if (strange.length > 0) return isSameNode(source, target) ? [] : incomparable(path, strange);
    if (source.schema.allOf) return fewest(conjuncts(source).map((one) => this.of(one, target, path)));
    if (target.schema.allOf) return conjuncts(target).flatMap((one) => this.of(source, one, path));
    const branches = branchesOf(source);
    return branches.flatMap((branch) =>
      branch === source ? this.#one(source, target, path) : this.of(branch, target, path),
    );
  }

  /** `source` has one type, or one value. */
  #one(source: Node, target: Node, path: string): readonly Gap[] {
    const { anyOf, oneOf, ...rest } = target.schema;
    const alternatives = anyOf ?? oneOf;
    if (alternatives) {
      const members = alternatives.map((one) => inside(target, one));
      // What is in two members is refused, so it has to be certain that nothing is.
      if (oneOf && (anyOf || !areApart(members.map(resolved)))) return incomparable(path, ['oneOf']);
      return [...this.of(source, inside(target, rest), path), ...this.#member(source, members, path)];
    }
    if ('const' in rest || rest.enum) return this.#listed(source, target, path);
    const type = typeOf(source);
    if (!takesType(target, type)) return gap('type', path, inWords(source), inWords(target));
    const compare: Compare = (one, other, place) => this.of(one, other, place);
    if (type === 'string') return stringGaps(source, target, path);
    if (type === 'integer' || type === 'number') return numberGaps(source, target, path);
    if (type !== 'array' && type !== 'object') return [];
    if ('const' in source.schema) return incomparable(path, ['const']);
    const at = { path, compare };
    return type === 'array' ? arrayGaps(source, target, at) : objectGaps(source, target, at);
  }

  #member(source: Node, members: readonly Node[], path: string): readonly Gap[] {
    const candidates = members.map(resolved).filter((member) => !isApart(source, member));
    const tried = candidates.map((member) => this.of(source, member, path));
    if (tried.some((gaps) => gaps.length === 0)) return [];
    const [only] = tried;
    if (tried.length === 1 && only) return only;
    return gap('member', path, inWords(source), members.map(inWords).join(' or '));
  }

  #listed(source: Node, target: Node, path: string): readonly Gap[] {
    const { const: only, enum: listed, ...rest } = target.schema;
    const isConstant = 'const' in target.schema;
    const values = isConstant ? [only] : (listed ?? []);
    if (!('const' in source.schema) && typeOf(source) === 'boolean')
      return [true, false].flatMap((value) => this.of(inside(source, { const: value }), target, path));
    const isTaken = 'const' in source.schema && values.some((value) => isSame(value, source.schema.const));
    if (!isTaken) return gap('value', path, inWords(source), inWords(target));
    return this.of(source, inside(target, isConstant && listed ? { ...rest, enum: listed } : rest), path);
  }
}

const storedAs = (isPersonal: boolean | undefined): string => (isPersonal ? 'personal: encrypted' : 'plain');

const withoutPersonal = (node: Node): Node => {
  const { personal: _personal, ...schema } = node.schema;
  return inside(node, schema);
};

/** Of a value that is in all of them: it is enough that one leaves no gap. */
const fewest = (tried: readonly (readonly Gap[])[]): readonly Gap[] =>
  tried.reduce((least, gaps) => (gaps.length < least.length ? gaps : least));

const conjuncts = (node: Node): readonly Node[] => {
  const { allOf = [], ...rest } = node.schema;
  return [inside(node, rest), ...allOf.map((one) => inside(node, one))];
};

const incomparable = (path: string, keywords: readonly string[]): readonly Gap[] =>
  gap('incomparable', path, `"${keywords.join('", "')}"`, 'only what can be compared');

const typesOf = ({ schema }: Node): readonly string[] | undefined => {
  if (schema.anyOf ?? schema.oneOf ?? schema.allOf) return undefined;
  if ('const' in schema || schema.enum)
    return ('const' in schema ? [schema.const] : (schema.enum ?? [])).map((value) => typeOf(nodeOf({ const: value })));
  return schema.type === undefined ? undefined : [schema.type].flat();
};

const takesType = ({ schema }: Node, type: string): boolean => {
  const types = schema.type === undefined ? [type] : [schema.type].flat();
  return types.includes(type) || (type === 'integer' && types.includes('number'));
};

/** Whether no value is in both, as far as types and constant fields tell. */
const isApart = (a: Node, b: Node): boolean => {
  const types = [typesOf(a), typesOf(b)].map((one) => one?.map((type) => (type === 'integer' ? 'number' : type)));
  const [mine, others] = types;
  if (mine && others && !mine.some((type) => others.includes(type))) return true;
  const theirs = new Map(constantFields(b.schema));
  return constantFields(a.schema).some(([name, value]) => theirs.has(name) && !isSame(theirs.get(name), value));
};

const areApart = (members: readonly Node[]): boolean =>
  members.every((member, i) => members.slice(i + 1).every((other) => isApart(member, other)));

const distinct = (gaps: readonly Gap[]): readonly Gap[] => [
  ...new Map(gaps.map((one) => [JSON.stringify(one), one])).values(),
];
