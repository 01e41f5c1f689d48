import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import versions from '../../scripts/node-versions.json';
import { listSources } from './list-sources.ts';

const FOLDER = '.github/workflows';
const workflows = readdirSync(FOLDER).map((name) => ({
  name,
  text: readFileSync(join(FOLDER, name), 'utf8'),
}));
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly engines: { readonly node: string };
  readonly scripts: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly publishConfig: unknown;
};

function textOf(name: string): string {
  return workflows.find((workflow) => workflow.name === name)?.text ?? '';
}

describe('the workflow of every push', () => {
  it('runs on the versions of Node that are supported, and no others', () => {
    const [oldest] = /\d+/.exec(manifest.engines.node) ?? [];
    const wanted = [oldest, ...Object.keys(versions)];
    const lists = [...textOf('ci.yml').matchAll(/^ {8}node: \[(.*)\]$/gm)].map(([, list = '']) =>
      [...list.matchAll(/'(\d+)'/g)].map(([, major]) => major),
    );
    expect(lists).toEqual([wanted, wanted]);
  });

  it('runs everything on Linux, and unit and package tests elsewhere', () => {
    expect(textOf('ci.yml')).toMatch(/runs-on: ubuntu-latest[^]*npm run verify/);
    expect(textOf('ci.yml')).toContain('os: [macos-latest, windows-latest]');
    expect(textOf('ci.yml')).toMatch(/jest --selectProjects unit (\w+ )*package/);
    expect(textOf('ci.yml')).toContain('npm audit');
  });
});

describe('the workflow of a release', () => {
  it('publishes what has passed, with a statement of where it was made', () => {
    const steps = [...textOf('release.yml').matchAll(/^ {6}- run: (.*)$/gm)].map(([, run]) => run);
    const verified = steps.findIndex((step) => step?.includes('npm run verify'));
    const published = steps.indexOf('npm publish --provenance');
    expect(verified).toBeGreaterThanOrEqual(0);
    expect(published).toBeGreaterThan(verified);
    expect(textOf('release.yml')).toContain('id-token: write');
    expect(manifest.publishConfig).toEqual({ access: 'public', provenance: true });
  });
});

describe('every workflow', () => {
  it('takes only actions of GitHub itself, by their major version', () => {
    const used = workflows.flatMap(({ text }) =>
      [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action),
    );
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) expect(action).toMatch(/^actions\/[a-z-]+@v\d+$/);
  });

  it('calls scripts that there are', () => {
    const called = workflows.flatMap(({ text }) =>
      [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script),
    );
    expect(called.filter((script) => !(script in manifest.scripts))).toEqual([]);
  });

  it('may write nothing unless a job says what', () => {
    for (const { text } of workflows) expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
  });
});

describe('the list of licences', () => {
  it('is in the package, and names what the pages of the dashboard are made of', () => {
    expect(manifest.files).toContain('THIRD-PARTY-LICENCES.md');
    const list = readFileSync('THIRD-PARTY-LICENCES.md', 'utf8');
    const imported = listSources('lib/dashboard/page').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/from '((?:@[^/']+\/)?[^./'][^/']*)/g)].map(
        ([, name]) => name,
      ),
    );
    for (const name of new Set(imported)) {
      expect(list).toContain(`| in the pages of the dashboard |`);
      expect(list).toMatch(new RegExp(`^\\| ${name ?? ''} \\|.* in the pages`, 'm'));
      expect(list).toContain(`## ${name ?? ''}\n`);
    }
    expect(imported).toContain('preact');
  });
});
