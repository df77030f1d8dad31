import ts from 'typescript';
import { classesOf, commentOf, type Source, textOf } from './program.js';
import { reachedFrom, type Rejection } from './reachable.js';

/** A field of a command that only the code describes. */
export interface CodeField {
  readonly name: string;
  readonly type: string;
  readonly isOptional: boolean;
  readonly comment: string;
}

export interface CodeCommand {
  readonly name: string;
  readonly comment: string;
  readonly fields: readonly CodeField[];
  readonly rejections: readonly Rejection[];
  /** Names of the events that may follow. */
  readonly events: readonly string[];
}

/** One kind of aggregate: a class that extends `Aggregate` of es-core. */
export interface CodeAggregate {
  readonly service: string;
  /** Of its streams: `cart`. */
  readonly category: string;
  readonly events: readonly string[];
  readonly commands: readonly CodeCommand[];
}

/** Every aggregate of a service: what it can be asked, what it answers and what it records. */
export const aggregatesOf = (source: Source, service: string): readonly CodeAggregate[] =>
  classesOf(source, service).flatMap((declaration) => {
    const base = declaration.heritageClauses?.flatMap(({ types }) => types)[0];
    const [, command, event] = base?.typeArguments ?? [];
    if (base?.expression.getText() !== 'Aggregate' || !command || !event) return [];
    const { category, decider } = optionsOf(source, declaration);
    const events = [...membersOf(source, event).keys()];
    return [
      {
        service,
        category,
        events,
        commands: commandsOf(source, membersOf(source, command), { service, decider, events }),
      },
    ];
  });

type Members = ReadonlyMap<string, readonly ts.Type[]>;

const commandsOf = (
  source: Source,
  members: Members,
  {
    service,
    decider,
    events,
  }: { readonly service: string; readonly decider: ts.Node; readonly events: readonly string[] },
): readonly CodeCommand[] => {
  const commands = new Set(members.keys());
  return [...members].map(([name, types]) => {
    const { types: made, rejections } = reachedFrom(source, [decider], { command: name, commands });
    return {
      ...{ name, comment: commentOn(source, service, name), fields: fieldsOf(source, types) },
      rejections: [...rejections.values()],
      events: events.filter((one) => made.has(one)),
    };
  });
};

/** Category and decider, as they are given to `super`. */
const optionsOf = (
  source: Source,
  declaration: ts.ClassDeclaration,
): { readonly category: string; readonly decider: ts.Node } => {
  const options = find(declaration, (node) =>
    ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword ? node.arguments[0] : undefined,
  );
  const properties = options ? propertiesOf(options) : [];
  const named = (name: string): ts.ObjectLiteralElementLike | undefined =>
    properties.find((property) => property.name?.getText() === name);
  const [category, decider] = [named('category'), named('decider')];
  const text = category && ts.isPropertyAssignment(category) ? textOf(source, category.initializer) : undefined;
  if (text === undefined || !decider) throw new Error(`${declaration.name?.text}: category or decider not found`);
  return { category: text, decider };
};

/** Of an object that is written out, and of those that are written out inside it to be spread. */
const propertiesOf = (object: ts.Expression): readonly ts.ObjectLiteralElementLike[] =>
  ts.isObjectLiteralExpression(object)
    ? object.properties.flatMap((one) => (ts.isSpreadAssignment(one) ? propertiesOf(one.expression) : [one]))
    : [];

const find = <T>(node: ts.Node, wanted: (node: ts.Node) => T | undefined): T | undefined =>
  wanted(node) ?? ts.forEachChild(node, (child) => find(child, wanted));

/** The members of a union of messages by the name that each has as `type`; one with alternatives has more than one. */
const membersOf = (source: Source, node: ts.TypeNode): Members => {
  const type = source.checker.getTypeFromTypeNode(node);
  const members = new Map<string, ts.Type[]>();
  for (const member of type.isUnion() ? type.types : [type]) {
    const name = member.getProperty('type');
    const named = name && source.checker.getTypeOfSymbol(name);
    if (!named?.isStringLiteral()) throw new Error(`${node.getText()}: a member has no name`);
    members.set(named.value, [...(members.get(named.value) ?? []), member]);
  }
  return members;
};

/** Without its name and the decision's time, which every command has. */
const fieldsOf = (source: Source, types: readonly ts.Type[]): readonly CodeField[] => {
  const names = [...new Set(types.flatMap((type) => type.getProperties().map(({ name }) => name)))];
  return names
    .filter((name) => name !== 'type' && name !== 'at')
    .map((name) => {
      const found = types.flatMap((type) => type.getProperty(name) ?? []);
      const isOptional = found.length < types.length || found.some(({ flags }) => flags & ts.SymbolFlags.Optional);
      return { name, type: typeInWords(source, found), isOptional, comment: commentOf(found[0], source) };
    });
};

/** As it is written in code; what is left out is said by `isOptional`. */
const typeInWords = ({ checker }: Source, symbols: readonly ts.Symbol[]): string => {
  const members = symbols
    .map((symbol) => checker.getNonNullableType(checker.getTypeOfSymbol(symbol)))
    .flatMap((type) => (type.isUnion() ? type.types : [type]))
    .filter(({ flags }) => !(flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Never)))
    .map((type) =>
      checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation).replaceAll(/readonly | \| undefined/g, ''),
    );
  return [...new Set(members)].join(' | ');
};

/** Of the type that has the command's name, where its author said something about it. */
const commentOn = (source: Source, service: string, name: string): string =>
  source
    .filesOf(service)
    .flatMap((file) => file.statements.filter(ts.isTypeAliasDeclaration))
    .filter((alias) => alias.name.text === name)
    .map((alias) => commentOf(source.checker.getSymbolAtLocation(alias.name), source))
    .join(' ');
