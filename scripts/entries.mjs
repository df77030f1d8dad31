// What the packages export, as the checker of TypeScript sees it in what was built.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './workspace.mjs';

/** The names that each entry of a package exports, and the source that lists them. None of a package that was not built. */
export const namesOfEntries = (directory) => {
  const { exports = {} } = JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'));
  const built = Object.entries(exports).flatMap(([entry, { source, types }]) => {
    const file = join(root, directory, types ?? '');
    return types && existsSync(file) ? [{ entry, source: join(root, directory, source), file }] : [];
  });
  const program = ts.createProgram(
    built.map(({ file }) => file),
    { module: ts.ModuleKind.NodeNext, skipLibCheck: true },
  );
  const checker = program.getTypeChecker();
  return built.map(({ entry, source, file }) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file));
    return { entry, source, names: checker.getExportsOfModule(module).map(({ name }) => name) };
  });
};
