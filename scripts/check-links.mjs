// Every relative link in the project's Markdown leads to a file, and its #fragment to a heading.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { listProjectFiles } from './check/list-project-files.mjs';

const LINK = /\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|^\[[^\]]+\]:\s*(\S+)/gm;
const EXTERNAL = /^[a-z][a-z0-9+.-]*:/i;

const problems = [];
for (const file of (await listProjectFiles()).filter((name) => name.endsWith('.md'))) {
  const text = withoutCode(await readFile(file, 'utf8'));
  for (const match of text.matchAll(LINK)) {
    const target = match[1] ?? match[2];
    if (!EXTERNAL.test(target)) await checkLink(file, target);
  }
}
for (const problem of problems) console.log(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

async function checkLink(file, target) {
  const [path, fragment] = target.split('#');
  const linked =
    path === '' ? file : relative('.', resolve(dirname(file), decodeURIComponent(path)));
  if (!existsSync(linked === '' ? '.' : linked)) {
    problems.push(`${file}: no such file: ${target}`);
  } else if (fragment && linked.endsWith('.md')) {
    const anchors = anchorsOf(await readFile(linked, 'utf8'));
    if (!anchors.has(fragment)) problems.push(`${file}: no such heading: ${target}`);
  }
}

function anchorsOf(markdown) {
  const anchors = new Set();
  for (const [, heading] of withoutFences(markdown).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const base = words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    let anchor = base;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${base}-${n}`;
    anchors.add(anchor);
  }
  for (const [, id] of markdown.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

function withoutCode(markdown) {
  return withoutFences(markdown).replace(/`[^`\n]*`/g, '');
}

function withoutFences(markdown) {
  return markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
}
