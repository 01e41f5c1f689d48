// Looks whether every package of the lock file may be used, and keeps the list of those that come with this one.
// It needs no network. With --write the list is written anew.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLED, listShipped, readLockedPackages } from './check/shipped-packages.mjs';
import { makeSbom } from './check/make-sbom.mjs';

const LIST = 'THIRD-PARTY-LICENCES.md';

/** For what comes with the package: whoever installs it has to do nothing but to keep a notice. */
const FREE = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0'];
/** For tools that never leave the machine of who works on it. */
const FREE_FOR_TOOLS = [
  ...FREE,
  'BlueOak-1.0.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'MPL-2.0',
  'Python-2.0',
  'Unlicense',
];

const problems = [
  ...readLockedPackages().flatMap(checkOne),
  ...checkList(),
  ...(await checkSbom()),
];
for (const problem of problems) console.log(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

function checkOne({ path, name, version, licence, isInstalled }) {
  const isShipped = isInstalled || BUNDLED.includes(name);
  const allowed = isShipped ? FREE : FREE_FOR_TOOLS;
  const found = [];
  if (!isAllowed(licence, allowed))
    found.push(`${name}@${version}: its licence is not on the list: ${licence ?? 'none is named'}`);
  const own = licenceOnDisk(path);
  if (own !== null && own !== licence)
    found.push(`${name}@${version}: the lock file says ${licence}, the package itself ${own}`);
  return found;
}

/** As SPDX writes it: one, or `(A OR B)`, or `A AND B`. */
function isAllowed(licence, allowed) {
  if (typeof licence !== 'string') return false;
  const expression = licence.replace(/^\(|\)$/g, '');
  if (/[()]/.test(expression)) return false;
  return expression
    .split(' OR ')
    .some((way) => way.split(' AND ').every((one) => allowed.includes(one)));
}

/** Packages for other systems are in the lock file alone. */
function licenceOnDisk(path) {
  const file = join(path, 'package.json');
  if (!existsSync(file)) return null;
  const { license, licenses } = JSON.parse(readFileSync(file, 'utf8'));
  const named = license ?? licenses?.[0];
  return typeof named === 'object' && named !== null ? named.type : (named ?? null);
}

function checkList() {
  const wanted = writeList();
  if (process.argv.includes('--write')) writeFileSync(LIST, wanted);
  const found = existsSync(LIST) ? readFileSync(LIST, 'utf8') : '';
  return found === wanted
    ? []
    : [`${LIST} is not what the lock file says: node scripts/check-licences.mjs --write`];
}

function writeList() {
  const shipped = listShipped();
  const rows = shipped.map(
    ({ name, version, licence, isBundled }) =>
      `| ${name} | ${version} | ${licence} | ${isBundled ? 'in the pages of the dashboard' : 'installed beside it'} |`,
  );
  const texts = shipped
    .filter(({ isBundled }) => isBundled)
    .map(({ name, path }) => {
      const text = readFileSync(join(path, 'LICENSE'), 'utf8').trimEnd();
      return `## ${name}\n\n\`\`\`text\n${text}\n\`\`\``;
    });
  return [
    '# Licences of what comes with server-vigil',
    'Made by `node scripts/check-licences.mjs --write`. What is installed beside it brings its own licence with it; of what is bundled into the pages of the dashboard the texts follow.',
    `| package | version | licence | where |\n|---|---|---|---|\n${rows.join('\n')}`,
    ...texts,
    '',
  ].join('\n\n');
}

async function checkSbom() {
  const { components } = await makeSbom();
  const named = new Set(components.map(({ name, version }) => `${name}@${version}`));
  const missing = listShipped().filter(({ name, version }) => !named.has(`${name}@${version}`));
  const bare = components.filter(({ licenses = [] }) => licenses.length === 0);
  return [
    ...missing.map(({ name }) => `${name} is missing in the bill of materials`),
    ...bare.map(({ name }) => `${name} has no licence in the bill of materials`),
  ];
}
