import { readFileSync, writeFileSync } from 'node:fs';

// What the compiler makes of an export from another module: a variable, and getters that read it.
const IMPORT = (id) =>
  new RegExp(`^var (\\w+) = require\\("${id.replaceAll('.', '\\.')}"\\);$`, 'm');

/**
 * Lets a module be loaded when one of its exports is first asked for: programs that never use it do not
 * pay for it. Without its extension the import is one that is not packed. Those who import the package as an ES module ask for all exports at once.
 */
export function makeExportsLate(file, id) {
  const text = readFileSync(file, 'utf8');
  const found = IMPORT(id).exec(text);
  // It has been done before, or the compiler writes it another way by now, which a test would tell.
  if (found === null) return;
  const [statement, name] = found;
  const exported = [...text.matchAll(new RegExp(`return ${name}\\.(\\w+);`, 'g'))].map(
    ([, one]) => one,
  );
  const from = `require("${id.replace(/\.js$/, '')}")`;
  const getters = exported.map((one) => `get ${one}() { return ${from}.${one}; }`);
  // The getters of the exports stay as they are: Node finds by their very form what an ES module can import.
  writeFileSync(file, text.replace(statement, `const ${name} = { ${getters.join(', ')} };`));
}
