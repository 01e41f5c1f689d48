/** The page of the benchmarks, as Markdown, of what was measured of each figure. */
export function writePage(all, peers) {
  return `${[
    '# Benchmarks',
    'Made by `npm run bench`; not edited by hand. Absolute times compare with each other only: every ratio is taken within one round, in which all contenders had their turn, and the median of the ratios is shown. A round before the first warms the machine up and is thrown away. Each figure says when it was measured; `npm run bench -- --only NAME --keep` measures one of them again.',
    'The plain cluster primary is the few lines one writes without a supervisor: a `node:cluster` primary that forks again when its worker ends. The server is the same for all: an HTTP server of Node that answers its process id.',
    '## Against the targets',
    ...writeGoals(all.flatMap(({ figure }) => figure.goals)),
    ...all.flatMap(writeFigure),
    ...(peers === undefined ? [] : [peers.text.trim()]),
  ].join('\n\n')}\n`;
}

function writeFigure({ figure, ...circumstances }) {
  const { title, about, head, rows } = figure;
  return [`## ${title}`, about, writeTable(head, rows), describeCircumstances(circumstances)];
}

function describeCircumstances({ name, version, machine, rounds, load }) {
  return `Measured as \`${name}\` on ${machine.date}: version ${version}, Node ${machine.node}, ${machine.machine}; ${rounds} rounds; load before and after ${load.join(' and ')}.`;
}

/** What was aimed at, and a sentence that says where it was missed. */
export function writeGoals(goals) {
  const rows = goals.map((goal) => [
    goal.what,
    `${round(goal.measured)} ${goal.unit}`.trim(),
    goal.atMost === undefined
      ? `at least ${goal.atLeast} ${goal.unit}`.trim()
      : `at most ${goal.atMost} ${goal.unit}`.trim(),
    isMet(goal) ? 'met' : '**behind**',
  ]);
  return [writeTable(['figure', 'measured', 'target', ''], rows), describeBehind(goals)];
}

function isMet({ measured, atMost = Infinity, atLeast = -Infinity }) {
  return measured <= atMost && measured >= atLeast;
}

function describeBehind(goals) {
  const behind = goals.filter((goal) => !isMet(goal));
  if (behind.length === 0) return 'Every target is met.';
  const parts = behind.map((goal) => {
    const target = goal.atMost ?? goal.atLeast;
    return `${goal.what} (${round(goal.measured)} instead of ${target}${goal.unit && ` ${goal.unit}`})`;
  });
  return `Where we are behind: ${parts.join('; ')}.`;
}

function round(value) {
  return Number.isNaN(value) ? 'never' : String(Number(value.toFixed(3)));
}

export function writeTable(head, rows) {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
