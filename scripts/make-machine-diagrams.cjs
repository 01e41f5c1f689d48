'use strict';

/** The Mermaid picture of a state × event table: what changes the state, each pair of states joined once. */
function makeDiagram(table, initial) {
  const edges = new Map();
  for (const { state, event, transition } of cellsOf(table)) {
    if (typeof transition === 'string' || transition.to === state) continue;
    const key = `${state} --> ${transition.to}`;
    edges.set(key, [...(edges.get(key) ?? []), event]);
  }
  const finals = Object.keys(table).filter((state) => isFinal(table, state));
  return [
    '```mermaid',
    'stateDiagram-v2',
    `    [*] --> ${initial}`,
    ...[...edges].map(([edge, events]) => `    ${edge} : ${events.join('<br/>')}`),
    ...finals.map((state) => `    ${state} --> [*]`),
    '```',
  ].join('\n');
}

/** Every cell in which something happens, as a table for people. */
function makeRows(table) {
  const rows = cellsOf(table)
    .filter(({ transition }) => typeof transition !== 'string')
    .map(({ state, event, transition }) => {
      const effects = transition.effects.map((effect) => `\`${effect}\``).join(', ');
      return `| \`${state}\` | \`${event}\` | \`${transition.to}\` | ${effects} |`;
    });
  return ['| in | on | goes to | and does |', '|---|---|---|---|', ...rows].join('\n');
}

function cellsOf(table) {
  return Object.entries(table).flatMap(([state, row]) =>
    Object.entries(row).map(([event, transition]) => ({ state, event, transition })),
  );
}

function isFinal(table, state) {
  return Object.values(table[state]).every((transition) => transition === 'ignored');
}

/** The page with the pictures and rows of these machines made anew; `machines` is a map of name to table and initial state. */
function replaceMachines(page, machines) {
  return Object.entries(machines).reduce((text, [name, { table, initial }]) => {
    const begin = `<!-- ${name}: made by scripts/make-machine-diagrams.mjs -->`;
    const end = `<!-- /${name} -->`;
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from < 0 || to < from) throw new Error(`the page has no place for ${name}`);
    const made = `${begin}\n\n${makeDiagram(table, initial)}\n\n${makeRows(table)}\n\n`;
    return text.slice(0, from) + made + text.slice(to);
  }, page);
}

module.exports = { replaceMachines };
