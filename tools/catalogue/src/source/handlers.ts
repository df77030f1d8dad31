import ts from 'typescript';
import { classesOf, type Source, textOf } from './program.js';
import { reachedFrom } from './reachable.js';

/** What makes a handler run: a request, a message from another service, an event, or the service's own time. */
export type Trigger =
  | { readonly kind: 'http'; readonly method: string; readonly path: string }
  | { readonly kind: 'message'; readonly topic: string }
  | { readonly kind: 'event'; readonly event: string }
  | { readonly kind: 'part' };

/** Code that sends commands, or acts on events in another way. */
export interface CodeHandler {
  readonly service: string;
  /** `OrderReactor.create` */
  readonly name: string;
  readonly trigger: Trigger;
  /** Every `type` of an object that it makes: commands among them. */
  readonly makes: ReadonlySet<string>;
  /** Every name that it tells apart: events among them. */
  readonly tells: ReadonlySet<string>;
}

const METHODS: ReadonlySet<string> = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete']);

/** Every handler of a service's controllers, and what its parts do of their own accord. */
export const handlersOf = (source: Source, service: string): readonly CodeHandler[] =>
  classesOf(source, service).flatMap((declaration) => [
    ...declaration.members.filter(ts.isMethodDeclaration).flatMap((method) => {
      const trigger = triggerOf(source, declaration, method);
      return trigger ? [handler(source, { service, declaration, method, trigger })] : [];
    }),
    ...(isPart(declaration) ? ownHandler(source, service, declaration) : []),
  ]);

interface Found {
  readonly service: string;
  readonly declaration: ts.ClassDeclaration;
  readonly method: ts.MethodDeclaration;
  readonly trigger: Trigger;
}

/** What a constructor prepares is used by its methods. */
const handler = (source: Source, { service, declaration, method, trigger }: Found): CodeHandler => {
  const roots = [method, ...declaration.members.filter(ts.isConstructorDeclaration)].flatMap(({ body }) => body ?? []);
  const name = `${declaration.name?.text}.${method.name.getText()}`;
  const { types, cases } = reachedFrom(source, roots);
  return { service, name, trigger, makes: types, tells: cases };
};

const isPart = ({ heritageClauses }: ts.ClassDeclaration): boolean =>
  (heritageClauses ?? []).some(({ types }) => types.some(({ expression }) => expression.getText() === 'ServicePart'));

const ownHandler = (source: Source, service: string, declaration: ts.ClassDeclaration): readonly CodeHandler[] =>
  declaration.members
    .filter(ts.isMethodDeclaration)
    .filter((method) => method.name.getText() === 'open')
    .map((method) => handler(source, { service, declaration, method, trigger: { kind: 'part' } }))
    .map((found) => ({ ...found, name: declaration.name?.text ?? found.name }));

const triggerOf = (
  source: Source,
  declaration: ts.ClassDeclaration,
  method: ts.MethodDeclaration,
): Trigger | undefined => {
  const controller = decoratorsOf(source, declaration).get('Controller');
  if (controller === undefined) return undefined;
  const decorators = decoratorsOf(source, method);
  const event = decorators.get('EventPattern') ?? decorators.get('Effect');
  if (event !== undefined) return { kind: 'event', event };
  const topic = decorators.get('MessagePattern');
  if (topic !== undefined) return { kind: 'message', topic };
  const verb = [...decorators.keys()].find((name) => METHODS.has(name));
  if (verb === undefined) return undefined;
  const parts = [controller, decorators.get(verb)].map((part) => part?.replace(/^\//, '')).filter((part) => part);
  return { kind: 'http', method: verb.toUpperCase(), path: `/${parts.join('/')}` };
};

/** The first argument of each decorator by its name; empty where it has none. */
const decoratorsOf = (source: Source, node: ts.HasDecorators): ReadonlyMap<string, string> =>
  new Map(
    (ts.getDecorators(node) ?? []).flatMap(({ expression }) => {
      if (!ts.isCallExpression(expression)) return [];
      const [argument] = expression.arguments;
      return [[expression.expression.getText(), (argument && textOf(source, argument)) ?? '']] as const;
    }),
  );

/** Names of the constants that are declared as a `Projection`: each is a read model. */
export const projectionsIn = (source: Source, service: string): readonly string[] =>
  source
    .filesOf(service)
    .flatMap((file) =>
      file.statements
        .filter(ts.isVariableStatement)
        .flatMap(({ declarationList }) =>
          declarationList.declarations
            .filter(({ initializer }) => initializer && isCallOf(initializer, 'defineProjection'))
            .map(({ name }) => name.getText()),
        ),
    );

const isCallOf = (expression: ts.Expression, name: string): boolean =>
  ts.isCallExpression(expression) && expression.expression.getText() === name;
