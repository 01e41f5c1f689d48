import { readFileSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { minifySync } from '@swc/core';

const { dirname, join } = posix;
const ENTRY = 'fleet/hosts/agent/agent-main.js';
const OUTPUT = 'fleet/hosts/agent.cjs';
// What the compiler makes of an import.
const REQUIRE = /\brequire\((["'])([^"']+)\1\)/g;

/**
 * Makes one file of the agent and all it imports: it is sent to hosts on which there is nothing of ours. Node alone
 * has to be there.
 */
export function packAgent(root) {
  const modules = new Map();
  collect(ENTRY, modules, (name) => readFileSync(join(root, name), 'utf8'));
  const text = `// The agent of a host, packed by the build.
"use strict";
const modules = {
${[...modules].map(([name, body]) => `${JSON.stringify(name)}: (exports, require) => {\n${body}\n}`).join(',\n')}
};
const loaded = new Map();
const load = (name) => {
  if (!loaded.has(name)) {
    const exports = {};
    loaded.set(name, exports);
    modules[name](exports, require);
  }
  return loaded.get(name);
};
module.exports = load(${JSON.stringify(ENTRY)});
`;
  writeFileSync(join(root, OUTPUT), text);
}

function collect(name, modules, read) {
  if (modules.has(name)) return;
  modules.set(name, '');
  const source = read(name).replace(REQUIRE, (text, quote, id) => {
    if (id.startsWith('node:')) return text;
    if (!id.startsWith('.')) throw new Error(`the agent needs ${id}, by ${name}`);
    const imported = join(dirname(name), id.endsWith('.js') ? id : `${id}.js`);
    collect(imported, modules, read);
    return `load(${JSON.stringify(imported)})`;
  });
  modules.set(name, shorten(source));
}

/** Names stay, for stack traces. */
function shorten(source) {
  const options = { compress: false, mangle: false, module: false, format: { comments: false } };
  return minifySync(source, options).code;
}
