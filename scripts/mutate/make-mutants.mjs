import ts from 'typescript';

const { SyntaxKind: Kind } = ts;

/** What stands in the place of an operator, one mutant each. */
const OPERATORS = new Map([
  [Kind.LessThanToken, ['<=', '>=']],
  [Kind.LessThanEqualsToken, ['<', '>']],
  [Kind.GreaterThanToken, ['>=', '<=']],
  [Kind.GreaterThanEqualsToken, ['>', '<']],
  [Kind.EqualsEqualsEqualsToken, ['!==']],
  [Kind.ExclamationEqualsEqualsToken, ['===']],
  [Kind.AmpersandAmpersandToken, ['||']],
  [Kind.BarBarToken, ['&&']],
  [Kind.PlusToken, ['-']],
  [Kind.MinusToken, ['+']],
  [Kind.AsteriskToken, ['/']],
  [Kind.SlashToken, ['*']],
  [Kind.AsteriskAsteriskToken, ['*']],
]);

const METHODS = new Map([
  ['min', 'max'],
  ['max', 'min'],
  ['some', 'every'],
  ['every', 'some'],
  ['floor', 'ceil'],
  ['ceil', 'floor'],
]);

/**
 * Every small change of a file that a test ought to notice: an edit of its text, with the line before and after.
 *
 * @returns {{ start: number, end: number, text: string, before: string, after: string }[]}
 */
export function makeMutants(file, source) {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2023, true);
  const mutants = [];
  const replace = (node, text) => {
    const [start, end] = [node.getStart(tree), node.getEnd()];
    if (source.slice(start, end) === text) return;
    mutants.push({ start, end, text, ...describe(source, { start, end, text }) });
  };
  const visit = (node) => {
    if (isOfTypes(node)) return;
    MUTATORS[node.kind]?.(node, replace);
    if (ts.isStatement(node)) removeStatement(node, replace);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(tree, visit);
  return mutants;
}

function isOfTypes(node) {
  return (
    ts.isTypeNode(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportDeclaration(node)
  );
}

const MUTATORS = {
  [Kind.BinaryExpression]: (node, replace) => {
    // A text is not put together by subtraction.
    if (node.operatorToken.kind === Kind.PlusToken && hasText(node)) return;
    for (const text of OPERATORS.get(node.operatorToken.kind) ?? [])
      replace(node.operatorToken, text);
    if (node.operatorToken.kind === Kind.QuestionQuestionToken) {
      replace(node, `(${node.left.getText()})`);
      replace(node, `(${node.right.getText()})`);
    }
  },
  [Kind.TrueKeyword]: (node, replace) => replace(node, 'false'),
  [Kind.FalseKeyword]: (node, replace) => replace(node, 'true'),
  [Kind.NumericLiteral]: (node, replace) =>
    replace(node, String(Number(node.text.replaceAll('_', '')) + 1)),
  [Kind.StringLiteral]: (node, replace) => {
    if (!ts.isPropertyAssignment(node.parent) || node.parent.name !== node)
      replace(node, "'mutated'");
  },
  [Kind.NoSubstitutionTemplateLiteral]: (node, replace) => replace(node, "'mutated'"),
  [Kind.TemplateExpression]: (node, replace) => replace(node, "'mutated'"),
  [Kind.PrefixUnaryExpression]: (node, replace) => {
    if (node.operator === Kind.ExclamationToken || node.operator === Kind.MinusToken)
      replace(node, node.operand.getText());
  },
  [Kind.ConditionalExpression]: (node, replace) => {
    replace(node, node.whenTrue.getText());
    replace(node, node.whenFalse.getText());
  },
  [Kind.IfStatement]: (node, replace) => {
    replace(node.expression, 'true');
    replace(node.expression, 'false');
  },
  [Kind.ArrayLiteralExpression]: (node, replace) => {
    for (const at of node.elements.keys()) {
      const others = node.elements.filter((_, other) => other !== at);
      replace(node, `[${others.map((one) => one.getText()).join(', ')}]`);
    }
  },
  [Kind.ObjectLiteralExpression]: swapEntries,
  [Kind.CallExpression]: (node, replace) => {
    const { expression } = node;
    if (!ts.isPropertyAccessExpression(expression)) return;
    const other = METHODS.get(expression.name.text);
    if (other !== undefined) replace(expression.name, other);
  },
  [Kind.ArrowFunction]: (node, replace) => {
    if (!ts.isBlock(node.body)) replace(node.body, 'undefined');
  },
  [Kind.RegularExpressionLiteral]: (node, replace) => replace(node, '/(?!)/'),
};

/** The values of neighbours in a table change places. */
function swapEntries(node, replace) {
  const entries = node.properties.filter(ts.isPropertyAssignment);
  for (const [at, entry] of entries.entries()) {
    const next = entries[at + 1];
    if (next === undefined || entry.initializer.getText() === next.initializer.getText()) continue;
    const source = node.getSourceFile().text;
    const between = source.slice(entry.initializer.getEnd(), next.initializer.getStart());
    replace(
      {
        getStart: () => entry.initializer.getStart(),
        getEnd: () => next.initializer.getEnd(),
      },
      next.initializer.getText() + between + entry.initializer.getText(),
    );
  }
}

function removeStatement(node, replace) {
  if (ts.isReturnStatement(node) && node.expression !== undefined) replace(node, 'return;');
  if (ts.isExpressionStatement(node) || ts.isThrowStatement(node) || ts.isIfStatement(node))
    replace(node, ';');
}

function hasText(node) {
  return /['"`]/.test(node.getText());
}

const LONGEST_SHOWN = 160;

/** The first line that is changed, before and after; it names the mutant also when lines above it come and go. */
function describe(source, { start, end, text }) {
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const before = source.slice(lineStart).split('\n', 1)[0];
  const after = (source.slice(lineStart, start) + text + source.slice(end)).split('\n', 1)[0];
  if (before !== after) return { before: shorten(before), after: shorten(after) };
  // Of what goes over several lines the change itself.
  return { before: shorten(source.slice(start, end)), after: shorten(text) };
}

function shorten(text) {
  return text.replace(/\s+/g, ' ').trim().slice(0, LONGEST_SHOWN);
}
