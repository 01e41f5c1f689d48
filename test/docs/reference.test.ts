import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { EXIT } from '../../lib/cli/exit-codes.ts';
import { ERROR_CODES } from '../../lib/errors.ts';
import { EXIT_GAVE_UP, EXIT_INTERRUPTED } from '../../lib/session/monitor/ending.ts';
import { CAUSES } from '../../lib/supervision/cause.ts';
import { ROOT } from './code-blocks.ts';

describe('docs/reference/errors.md', () => {
  const rows = readRows('docs/reference/errors.md');

  it('has every code with what raises it, in the order of the table in lib/errors.ts', () => {
    expect(rows.map(([code, when]) => [code, when])).toEqual(Object.entries(ERROR_CODES));
  });

  it('says for every code what to do', () => {
    expect(rows.filter(([, , remedy]) => remedy === '')).toEqual([]);
  });
});

describe('docs/reference/events.md', () => {
  it('has every event with its own fields, in the order of lib/session/session-event.ts', () => {
    const rows = readRows('docs/reference/events.md').filter(([type = '']) =>
      /^(\w+\.\w+|lifecycle)$/.test(type),
    );
    const documented = rows.map(([type = '', fields = '']) => [
      type,
      fields.replaceAll('`', '').split(', '),
    ]);
    expect(documented).toEqual(readEventTypes().map(([type, fields]) => [type, fields]));
  });
});

describe('docs/reference/exit-codes.md', () => {
  it('has every exit code of the command line and of the monitor', () => {
    const documented = readRows('docs/reference/exit-codes.md').map(([code]) => Number(code));
    const known = [...Object.values(EXIT), EXIT_GAVE_UP, EXIT_INTERRUPTED];
    expect(known.filter((code) => !documented.includes(code))).toEqual([]);
  });
});

describe('docs/explanation/how-a-death-is-classified.md', () => {
  it('has every cause, in the order in which they are looked for', () => {
    const rows = readRows('docs/explanation/how-a-death-is-classified.md');
    expect(rows.map(([cause]) => cause)).toEqual([...CAUSES]);
  });
});

/** The rows of the tables of a page whose first cell is code or a number; code marks are left out. */
function readRows(page: string): string[][] {
  return readFileSync(join(ROOT, page), 'utf8')
    .split('\n')
    .filter((line) => /^\| [`\d]/.test(line))
    .map((line) => line.slice(1, -1).split('|'))
    .map((cells) =>
      cells.map((cell, index) => (index === 0 ? cell.replaceAll('`', '') : cell).trim()),
    );
}

function readEventTypes(): [string, string[]][] {
  const file = 'lib/session/session-event.ts';
  const source = ts.createSourceFile(
    file,
    readFileSync(join(ROOT, file), 'utf8'),
    ts.ScriptTarget.ES2023,
    true,
  );
  const found = new Map<string, readonly ts.TypeElement[]>();
  source.forEachChild((node) => {
    if (ts.isTypeAliasDeclaration(node) && ts.isUnionTypeNode(node.type)) {
      for (const option of node.type.types) addEvent(found, option, source);
    }
  });
  return [...found].map(([type, members]) => [type, namesOf(members)]);
}

function addEvent(
  found: Map<string, readonly ts.TypeElement[]>,
  option: ts.TypeNode,
  source: ts.SourceFile,
): void {
  const text = (node: ts.Node | undefined): string =>
    /'([^']+)'/.exec(node?.getText(source) ?? '')?.[1] ?? '';
  if (ts.isTypeLiteralNode(option)) found.set(text(option.members[0]), option.members.slice(1));
  else if (ts.isTypeReferenceNode(option)) {
    const event = source.statements.find(ts.isInterfaceDeclaration);
    const shared = source.statements
      .filter(ts.isInterfaceDeclaration)
      .find(({ name }) => name.text === option.typeName.getText(source));
    found.set(text(option.typeArguments?.[0]), (shared ?? event)?.members.slice(1) ?? []);
  }
}

function namesOf(members: readonly ts.TypeElement[]): string[] {
  return members.length === 0 ? [''] : members.map(({ name }) => name?.getText() ?? '');
}
