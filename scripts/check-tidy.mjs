// Things that slip in while one works and must not stay.
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { listProjectFiles } from './check/list-project-files.mjs';

const SOURCE = new Set(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']);
const BINARY = new Set(['.png', '.jpg', '.gif', '.ico', '.woff2', '.tgz', '.gz']);

const RULES = [
  {
    what: 'a path of one machine',
    pattern: /(?<![\w.~-])\/(home|root|work|Users)\/(?!(?:you|me|app|alice|a)\b)\w|[A-Z]:\\Users\\/,
  },
  {
    what: 'a package registry or mirror',
    pattern: /registry\.(npmjs|yarnpkg|npmmirror)|artifactory|jfrog|verdaccio|nexus\.|"resolved":/i,
  },
  {
    what: 'a test left focused, skipped or unwritten',
    pattern:
      /\b(it|test|describe)(\.each)?\.(only|skip|todo|failing)\b|\b(fit|fdescribe|xit|xtest|xdescribe)\(/,
    extensions: SOURCE,
  },
  { what: 'a debugger statement', pattern: /^\s*debugger;/, extensions: SOURCE },
  { what: 'a type check switched off', pattern: /@ts-(ignore|nocheck)\b/, extensions: SOURCE },
  { what: 'a note without a number', pattern: /\b(TODO|FIXME|XXX)\b(?!.*#\d)/, extensions: SOURCE },
  { what: 'a merge conflict', pattern: /^(<<<<<<<|>>>>>>>) / },
];

// The rules cannot be written down without showing what they look for.
const OWN_FILE = 'scripts/check-tidy.mjs';

let problems = 0;
for (const file of await listProjectFiles()) {
  if (file === OWN_FILE || BINARY.has(extname(file))) continue;
  const rules = RULES.filter((rule) => rule.extensions?.has(extname(file)) ?? true);
  const lines = (await readFile(file, 'utf8')).split('\n');
  lines.forEach((line, index) => {
    for (const rule of rules.filter(({ pattern }) => pattern.test(line))) {
      problems++;
      console.log(`${file}:${index + 1}: ${rule.what}: ${line.trim().slice(0, 100)}`);
    }
  });
}
process.exitCode = problems > 0 ? 1 : 0;
