import { readFileSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { minifySync } from '@swc/core';

const { dirname, join, relative } = posix;
const DOORS = [
  'cli/fleet-list.js',
  'cli/fleet-start.js',
  'cli/run.js',
  'cli/verbs.js',
  'fleet/application/create-master-role.js',
  'fleet/application/server-role.js',
  'fleet/index.js',
  'ipc/promisified-ipc-manager.js',
  'session/launch-monitor.js',
  'session/monitor/create-monitor.js',
  'session/options/resolve-input.js',
  'session/session-agent.js',
  'session/worker/conversation.js',
  'session/worker/launched-preload.cjs',
  'session/worker/preload.cjs',
];
// What these require only when they are sure to need it, and then at once: the module that is brought along for it.
const CARRIED = {
  'session/worker/launched-preload.cjs': {
    './server-process': 'session/worker/server-process.js',
    // The entry file is about to ask for it by the name of the package.
    '../session-agent': 'index.js',
  },
  'session/worker/preload.cjs': { './server-process': 'session/worker/server-process.js' },
};
const FIRST_LINE = '// Packed by the build: this file, and the modules it loads at once.';
// What the compiler makes of an import; what is loaded later is required without an extension.
const IMPORT = /\brequire\("(\.{1,2}\/[^"]+\.js)"\)/g;
// A module that does more with its `require` than to call it stays a file.
const KEEPS_OWN_REQUIRE = /\brequire\.\w/;

/**
 * Lets the files that a start enters by bring along every module they load at once: a start then reads
 * one file instead of a hundred. The modules stay modules, under their own names in Node's cache, so
 * whoever requires one by its path gets the same instance. Whoever brings a loader of its own, as jest does, reads the
 * files one by one. Compiling again undoes it all.
 */
export function packDoors(root) {
  const read = (name) => readFileSync(join(root, name), 'utf8');
  const packed = DOORS.filter((door) => !isPacked(join(root, door))).map((door) => [
    door,
    pack(door, read),
  ]);
  for (const [door, text] of packed) writeFileSync(join(root, door), withoutWideLetters(text));
}

function pack(door, read) {
  const modules = new Map();
  const carried = CARRIED[door] ?? {};
  for (const name of [...importsOf(read(door), door), ...Object.values(carried)])
    collect(name, modules, read);
  const here = relative(dirname(door), '.');
  return `${FIRST_LINE}
"use strict";
const packed = (() => {
const Module = module.constructor;
const { join } = require("node:path");
const root = join(__dirname, ${JSON.stringify(here)});
const modules = {
__proto__: null,
${[...modules].map(([name, text]) => `${JSON.stringify(name)}: ${wrap(text)}`).join(',\n')}
};
return (name) => {
  const filename = join(root, name);
  if (Module._cache === undefined) return require(filename);
  const known = Module._cache[filename];
  if (known !== undefined) return known.exports;
  const own = new Module(filename, module);
  own.filename = filename;
  own.paths = module.paths;
  Module._cache[filename] = own;
  modules[name].call(own.exports, own.exports, (id) => own.require(id), own, filename, own.path);
  own.loaded = true;
  return own.exports;
};
})();
${shorten(withCarried(door, withPackedImports(door, read(door), modules), carried))}
`;
}

/** What only people read takes the engine time as well. Names stay, for stack traces and for `Function.name`. */
function shorten(text) {
  const options = { compress: false, mangle: false, module: false, format: { comments: false } };
  return minifySync(text, options).code;
}

/** In brackets, because V8 then compiles the function at once instead of reading over it first. */
function wrap(text) {
  return `(function (exports, require, module, __filename, __dirname) {\n${text}\n})`;
}

function collect(name, modules, read) {
  const text = read(name);
  if (modules.has(name) || KEEPS_OWN_REQUIRE.test(text)) return;
  modules.set(name, null);
  for (const imported of importsOf(text, name)) collect(imported, modules, read);
  modules.set(name, shorten(withPackedImports(name, text, modules)));
}

function withPackedImports(name, source, modules) {
  return source.replace(IMPORT, (text, id) => {
    const imported = resolve(name, id);
    return modules.has(imported) ? `packed(${JSON.stringify(imported)})` : text;
  });
}

/** What is loaded later is required without its extension. */
function withCarried(door, source, carried) {
  return Object.entries(carried).reduce((text, [id, name]) => {
    const later = `require('${id}')`;
    if (!text.includes(later)) throw new Error(`${door} does not say ${later}`);
    return text.replace(later, `packed(${JSON.stringify(name)})`);
  }, source);
}

function isPacked(file) {
  return readFileSync(file, 'utf8').startsWith(FIRST_LINE);
}

/** One letter beyond Latin would make the engine keep the whole text at twice the size. */
function withoutWideLetters(text) {
  return text.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function importsOf(text, name) {
  return [...text.matchAll(IMPORT)].map(([, id]) => resolve(name, id));
}

function resolve(name, id) {
  return join(dirname(name), id);
}
