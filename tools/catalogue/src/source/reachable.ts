import ts from 'typescript';
import { isAggregate, type Source, textOf } from './program.js';

/** A rule that says no. `reason` is how it says so; `…` stands for what is filled in. */
export interface Rejection {
  readonly code: string;
  readonly reason: string;
}

/** What code comes to when it is followed through all functions of its service. */
export interface Reached {
  /** The `type` of every object that is made: names of events, and of commands. */
  readonly types: ReadonlySet<string>;
  readonly rejections: ReadonlyMap<string, Rejection>;
}

/** Where something is decided about one command, and not about another, the other's part is left out. */
export interface About {
  readonly command: string;
  readonly commands: ReadonlySet<string>;
}

export const reachedFrom = (source: Source, roots: readonly ts.Node[], about?: About): Reached => {
  const walk = new Walk(source, about);
  for (const root of roots) walk.visit(root);
  return walk;
};

class Walk implements Reached {
  readonly types = new Set<string>();
  readonly rejections = new Map<string, Rejection>();
  readonly #seen = new Set<ts.Node>();

  constructor(
    private readonly source: Source,
    private readonly about: About | undefined,
  ) {}

  visit(node: ts.Node): void {
    if (ts.isTypeNode(node) || ts.isDecorator(node) || this.#seen.has(node)) return;
    this.#seen.add(node);
    if (ts.isBlock(node)) return this.#statements(node.statements);
    if (ts.isIfStatement(node)) return this.#choice(node.expression, node.thenStatement, node.elseStatement);
    if (ts.isConditionalExpression(node)) return this.#choice(node.condition, node.whenTrue, node.whenFalse);
    if (ts.isSwitchStatement(node) && this.#isOfCommand(node)) return this.#cases(node.caseBlock.clauses);
    if (ts.isCallExpression(node)) this.#rejection(node);
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'type') this.#made(node.initializer);
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) this.#follow(node);
    ts.forEachChild(node, (child) => this.visit(child));
  }

  /** What comes behind a choice that is certain to leave is not reached. */
  #statements(statements: readonly ts.Statement[]): void {
    for (const statement of statements) {
      this.visit(statement);
      if (ts.isIfStatement(statement) && this.#truth(statement.expression) === true && leaves(statement.thenStatement))
        return;
    }
  }

  #choice(condition: ts.Expression, yes: ts.Node, no: ts.Node | undefined): void {
    const truth = this.#truth(condition);
    this.visit(condition);
    if (truth !== false) this.visit(yes);
    if (truth !== true && no) this.visit(no);
  }

  /** Undefined where it depends on more than on which command it is. */
  #truth(condition: ts.Expression): boolean | undefined {
    if (ts.isParenthesizedExpression(condition)) return this.#truth(condition.expression);
    if (!ts.isBinaryExpression(condition)) return undefined;
    const { left, right, operatorToken } = condition;
    switch (operatorToken.kind) {
      case ts.SyntaxKind.AmpersandAmpersandToken:
        return both(this.#truth(left), this.#truth(right));
      case ts.SyntaxKind.BarBarToken:
        return not(both(not(this.#truth(left)), not(this.#truth(right))));
      case ts.SyntaxKind.EqualsEqualsEqualsToken:
        return this.#isCommand(left, right);
      case ts.SyntaxKind.ExclamationEqualsEqualsToken:
        return not(this.#isCommand(left, right));
      default:
        return undefined;
    }
  }

  #isCommand(left: ts.Expression, right: ts.Expression): boolean | undefined {
    if (!this.about || !isType(left) || !ts.isStringLiteral(right) || !this.about.commands.has(right.text))
      return undefined;
    return right.text === this.about.command;
  }

  #isOfCommand({ expression, caseBlock }: ts.SwitchStatement): boolean {
    const names = caseBlock.clauses.flatMap((clause) => this.#nameOf(clause) ?? []);
    return isType(expression) && names.some((name) => this.about?.commands.has(name));
  }

  #cases(clauses: readonly ts.CaseOrDefaultClause[]): void {
    const first = clauses.findIndex((clause) => this.#nameOf(clause) === this.about?.command);
    if (first < 0) return;
    // Names above one another share the statements below them.
    const clause = clauses.slice(first).find(({ statements }) => statements.length > 0);
    if (clause) this.#statements(clause.statements);
  }

  #nameOf(clause: ts.CaseOrDefaultClause): string | undefined {
    return ts.isCaseClause(clause) ? textOf(this.source, clause.expression) : undefined;
  }

  #made(type: ts.Expression): void {
    const name = ts.isAsExpression(type) ? textOf(this.source, type.expression) : textOf(this.source, type);
    if (name !== undefined) this.types.add(name);
  }

  #rejection({ expression, arguments: [code, reason] }: ts.CallExpression): void {
    if (!code || expression.getText() !== 'reject') return;
    const text = textOf(this.source, code);
    if (text !== undefined) this.rejections.set(text, { code: text, reason: reason ? wordsOf(reason) : '' });
  }

  #follow(name: ts.Identifier | ts.PrivateIdentifier): void {
    const { checker } = this.source;
    const found = ts.isShorthandPropertyAssignment(name.parent)
      ? checker.getShorthandAssignmentValueSymbol(name.parent)
      : checker.getSymbolAtLocation(name);
    const symbol = found && found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
    for (const declaration of symbol?.declarations ?? [])
      if (this.source.isOfService(declaration)) this.#enter(declaration);
  }

  #enter(declaration: ts.Declaration): void {
    const isFunction = ts.isFunctionDeclaration(declaration) || ts.isMethodDeclaration(declaration);
    const hasValue = ts.isVariableDeclaration(declaration) || ts.isPropertyDeclaration(declaration);
    // Who names an aggregate does not do what it does.
    if (isAggregate(declaration)) return;
    const inner = isFunction ? declaration.body : hasValue ? declaration.initializer : undefined;
    if (inner) this.visit(inner);
  }
}

const isType = (expression: ts.Expression): boolean =>
  ts.isPropertyAccessExpression(expression) && expression.name.text === 'type';

const leaves = (statement: ts.Statement): boolean =>
  ts.isReturnStatement(statement) ||
  ts.isThrowStatement(statement) ||
  (ts.isBlock(statement) && statement.statements.some(leaves));

const not = (truth: boolean | undefined): boolean | undefined => (truth === undefined ? undefined : !truth);

const both = (a: boolean | undefined, b: boolean | undefined): boolean | undefined =>
  a === false || b === false ? false : a === true && b === true ? true : undefined;

const wordsOf = (expression: ts.Expression): string => {
  if (ts.isStringLiteralLike(expression)) return expression.text;
  if (!ts.isTemplateExpression(expression)) return '';
  return expression.head.text + expression.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
};
