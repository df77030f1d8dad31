import ts from 'typescript';
import { classesOf, type Source, textOf } from './program.js';
import { reachedFrom } from './reachable.js';

/** What makes a handler run: a request, a command in place of its aggregate, or an event. */
export type Trigger =
  | { readonly kind: 'http'; readonly method: string; readonly path: string }
  | { readonly kind: 'command' }
  | { readonly kind: 'event'; readonly event: string };

/** Code that sends commands, or acts on events in another way. */
export interface CodeHandler {
  readonly service: string;
  /** `OrderReactor.create` */
  readonly name: string;
  readonly trigger: Trigger;
  /** Every `type` of an object that it makes: commands among them. */
  readonly makes: ReadonlySet<string>;
}

const METHODS: ReadonlySet<string> = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete']);

/** Every handler of a service's controllers and providers. */
export const handlersOf = (source: Source, service: string): readonly CodeHandler[] =>
  classesOf(source, service).flatMap((declaration) =>
    declaration.members.filter(ts.isMethodDeclaration).flatMap((method) => {
      const trigger = triggerOf(source, declaration, method);
      return trigger ? [handler(source, { service, declaration, method, trigger })] : [];
    }),
  );

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
  return { service, name, trigger, makes: reachedFrom(source, roots).types };
};

const triggerOf = (
  source: Source,
  declaration: ts.ClassDeclaration,
  method: ts.MethodDeclaration,
): Trigger | undefined => {
  const decorators = decoratorsOf(source, method);
  if (decorators.has('HandlesCommand')) return { kind: 'command' };
  const [on, rejected] = [decorators.get('On') ?? decorators.get('Effect'), decorators.get('OnRejected')];
  if (on !== undefined) return { kind: 'event', event: on };
  if (rejected !== undefined) return { kind: 'event', event: `${rejected}Rejected` };
  const controller = decoratorsOf(source, declaration).get('Controller');
  if (controller === undefined) return undefined;
  const verb = [...decorators.keys()].find((name) => METHODS.has(name));
  if (verb === undefined) return undefined;
  const parts = [controller, decorators.get(verb)].map((part) => part?.replace(/^\//, '')).filter((part) => part);
  return { kind: 'http', method: verb.toUpperCase(), path: `/${parts.join('/')}` };
};

/** The first text among the arguments of each decorator by its name; empty where it has none. */
const decoratorsOf = (source: Source, node: ts.HasDecorators): ReadonlyMap<string, string> =>
  new Map(
    (ts.getDecorators(node) ?? []).flatMap(({ expression }) => {
      if (!ts.isCallExpression(expression)) return [];
      const texts = expression.arguments.flatMap((argument) => textOf(source, argument) ?? []);
      return [[expression.expression.getText(), texts[0] ?? '']] as const;
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
