import { spawnSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeTempDirectory } from '../support/temp-directory.ts';

const DEPCRUISE = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

/** Each breaks one rule of the house; the rule is what dependency-cruiser must answer. */
const BREACHES = [
  ['layer-1-ipc', 'lib/ipc/a.ts', `import '../probe/x.ts';`],
  ['layer-1-config', 'lib/config/a.ts', `import type { X } from '../session/x.ts';`],
  ['layer-1-notify', 'lib/notify/a.ts', `import '../session/x.ts';`],
  ['notify-takes-only-types-of-report', 'lib/notify/b.ts', `import '../report/x.ts';`],
  ['ground', 'lib/util/a.ts', `export const f = () => require('../ipc/x.ts');`],
  ['supervision-is-pure', 'lib/supervision/a.ts', `export const f = () => require('node:fs');`],
  ['layer-2-session', 'lib/session/a.ts', `export const f = () => import('../cli/x.ts');`],
  ['nothing-imports-testing', 'lib/cli/a.ts', `import '../testing/x.ts';`],
  ['monitor-without-worker', 'lib/session/monitor/a.ts', `import '../worker/x.ts';`],
  [
    'worker-without-monitor',
    'lib/session/worker/a.ts',
    `import type { X } from '../monitor/x.ts';`,
  ],
  ['known-folder', 'lib/drawer/a.ts', `import '../util/x.ts';`],
  ['no-cycles', 'lib/http/b.ts', `import './cycle.ts';`],
  ['no-development-dependency', 'lib/console/a.ts', `export const f = () => require('express');`],
] as const;

const TARGETS = {
  ...Object.fromEntries(
    [
      'util',
      'ipc',
      'probe',
      'report',
      'session',
      'session/worker',
      'session/monitor',
      'cli',
      'testing',
    ].map((folder) => [`lib/${folder}/x.ts`, 'export type X = 1;\nexport const x = 1;\n']),
  ),
  'lib/http/cycle.ts': `import './b.ts';\n`,
  'lib/notify/typed.ts': `import type { X } from '../report/x.ts';\n`,
};

describe('the layering check', () => {
  let found: readonly Violation[] = [];

  beforeAll(async () => {
    const breaches = Object.fromEntries(BREACHES.map(([, file, source]) => [file, source]));
    found = await cruise('.dependency-cruiser.cjs', { ...TARGETS, ...breaches });
  });

  it.each(BREACHES)('reports %s', (rule, file) => {
    expect(found).toContainEqual({ rule, from: file });
  });

  it('lets types of report into notify', () => {
    expect(found.filter(({ from }) => from === 'lib/notify/typed.ts')).toEqual([]);
  });

  it('follows what the worker loads through any number of files and inside functions', async () => {
    const violations = await cruise('.dependency-cruiser.runtime.cjs', {
      ...TARGETS,
      'lib/session/worker/a.ts': `import { f } from '../between.ts';\nexport const g = f;`,
      'lib/session/between.ts': `import { f } from '../http/deep.ts';\nexport { f };\nexport const m = () => import('./monitor/x.ts');`,
      'lib/http/deep.ts': `export const f = () => require('hono');`,
    });
    expect(violations).toEqual([
      { rule: 'server-process-loads-no-monitor', from: 'lib/session/worker/a.ts' },
      { rule: 'server-process-loads-no-third-party-module', from: 'lib/session/worker/a.ts' },
    ]);
  });

  it('does not count types among what the worker loads', async () => {
    const violations = await cruise('.dependency-cruiser.runtime.cjs', {
      ...TARGETS,
      'lib/session/worker/a.ts': `import type { X } from '../monitor/x.ts';\nexport const g: X = 1;`,
    });
    expect(violations).toEqual([]);
  });
});

interface Violation {
  readonly rule: string;
  readonly from: string;
}

interface CruiseResult {
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

/** Runs the check on a house of its own, made of these files. */
async function cruise(config: string, files: Record<string, string>): Promise<Violation[]> {
  const root = await makeTempDirectory({
    ...files,
    'package.json': PACKAGE,
    'tsconfig.json': '{}',
  });
  await symlink(resolve('node_modules'), join(root, 'node_modules'));
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [DEPCRUISE, 'lib', '--config', resolve(config), '--output-type', 'json'],
    { cwd: root, encoding: 'utf8' },
  );
  if (stdout === '') throw new Error(stderr);
  const { summary } = JSON.parse(stdout) as CruiseResult;
  return summary.violations
    .map(({ rule, from }) => ({ rule: rule.name, from }))
    .sort((a, b) => (a.rule < b.rule ? -1 : 1));
}

const PACKAGE = JSON.stringify({ dependencies: { hono: '*' }, devDependencies: { express: '*' } });
