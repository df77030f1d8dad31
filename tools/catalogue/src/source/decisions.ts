import ts from 'typescript';
import { isAggregate, type Source, textOf } from './program.js';
import { reachedFrom, type Rejection } from './reachable.js';

/** What the rules of one command come to. */
export interface CodeDecision {
  readonly category: string;
  readonly command: string;
  readonly rejections: readonly Rejection[];
  /** The `type` of every object that they make: events among them. */
  readonly makes: ReadonlySet<string>;
}

/** Of every aggregate of a service, of whose commands the names are known: what each of them is decided by. */
export const decisionsOf = (
  source: Source,
  service: string,
  commandsOf: (category: string) => readonly string[],
): readonly CodeDecision[] =>
  definitionsIn(source, service).flatMap(({ category, decide }) => {
    const commands = commandsOf(category);
    return commands.map((command) => {
      const { types, rejections } = reachedFrom(source, [ruleOf(decide, command)], {
        ...{ command, commands: new Set(commands) },
      });
      return { category, command, rejections: [...rejections.values()], makes: types };
    });
  });

interface Definition {
  readonly category: string;
  readonly decide: ts.Node;
}

/** What is given to `defineAggregate`. */
const definitionsIn = (source: Source, service: string): readonly Definition[] =>
  source
    .filesOf(service)
    .flatMap((file) => file.statements.filter(ts.isVariableStatement))
    .flatMap(({ declarationList }) => declarationList.declarations)
    .flatMap((declaration) => {
      const [options] = isAggregate(declaration) ? declaration.initializer.arguments : [];
      const properties = options ? propertiesOf(options) : [];
      const named = (name: string): ts.ObjectLiteralElementLike | undefined =>
        properties.find((property) => property.name?.getText() === name);
      const [category, decide] = [named('category'), named('decide')];
      const text = category && ts.isPropertyAssignment(category) ? textOf(source, category.initializer) : undefined;
      if (!options) return [];
      if (text === undefined || !decide) throw new Error(`${declaration.name.getText()}: category or decide not found`);
      return [{ category: text, decide }];
    });

/** Where the aggregate has a rule for each command, that of this one. */
const ruleOf = (decide: ts.Node, command: string): ts.Node => {
  const rules = ts.isPropertyAssignment(decide) ? propertiesOf(decide.initializer) : [];
  return rules.find(({ name }) => name?.getText() === command) ?? decide;
};

/** Of an object that is written out, and of those that are written out inside it to be spread. */
const propertiesOf = (object: ts.Expression): readonly ts.ObjectLiteralElementLike[] =>
  ts.isObjectLiteralExpression(object)
    ? object.properties.flatMap((one) => (ts.isSpreadAssignment(one) ? propertiesOf(one.expression) : [one]))
    : [];
