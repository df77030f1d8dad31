import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The services' source, parsed and with its types known. */
export interface Source {
  readonly root: string;
  readonly checker: ts.TypeChecker;
  /** Those of a service, `apps/<service>/src`, specs left out. */
  filesOf(service: string): readonly ts.SourceFile[];
  /** Whether the node is of a service: what libraries do inside is not looked at. */
  isOfService(node: ts.Node): boolean;
}

export const readSource = (root: string, services: readonly string[]): Source => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...config.compilerOptions, composite: false, noEmit: true, types: ['node'] },
    root,
  );
  const directories = new Map(services.map((service) => [service, join(root, 'apps', service, 'src')]));
  const files = [...directories.values()].flatMap(sourcesIn);
  const program = ts.createProgram(files, options);
  const isIn = (directory: string, file: ts.SourceFile): boolean =>
    file.fileName.startsWith(`${directory}/`) && files.includes(file.fileName);
  return {
    root,
    checker: program.getTypeChecker(),
    filesOf: (service) => program.getSourceFiles().filter((file) => isIn(directories.get(service) ?? '', file)),
    isOfService: (node) => files.includes(node.getSourceFile().fileName),
  };
};

const sourcesIn = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts') && !path.startsWith('fixtures'))
    .sort()
    .map((path) => join(directory, path));

/** The classes of a service, in the order of its files. */
export const classesOf = (source: Source, service: string): readonly ts.ClassDeclaration[] =>
  source.filesOf(service).flatMap((file) => file.statements.filter(ts.isClassDeclaration));

/** The text that an expression is, also where it is the name of a constant. */
export const textOf = (source: Source, expression: ts.Expression): string | undefined => {
  if (ts.isStringLiteralLike(expression)) return expression.text;
  const type = source.checker.getTypeAtLocation(expression);
  return type.isStringLiteral() ? type.value : undefined;
};

/** A constant that is declared by `defineAggregate`. */
export const isAggregate = (
  node: ts.Node,
): node is ts.VariableDeclaration & { readonly initializer: ts.CallExpression } =>
  ts.isVariableDeclaration(node) &&
  node.initializer !== undefined &&
  ts.isCallExpression(node.initializer) &&
  node.initializer.expression.getText() === 'defineAggregate';
