/** The page of the benchmarks, as Markdown. */
export function writePage({ machine, version, command, rounds, load, figures }) {
  const goals = figures.flatMap((figure) => figure.goals);
  return `${[
    '# Benchmarks',
    `Made by \`${command}\`; not edited by hand. Absolute times compare with each other only: every ratio is taken within one round, in which all contenders had their turn, and the median of the ratios is shown. A round before the first warms the machine up and is thrown away.`,
    writeTable(
      ['', ''],
      [
        ['version', version],
        ['Node', machine.node],
        ['machine', machine.machine],
        ['date', machine.date],
        ['rounds', String(rounds)],
        ['load before and after', load.join(' and ')],
      ],
    ),
    'The plain cluster primary is the few lines one writes without a supervisor: a `node:cluster` primary that forks again when its worker ends. The server is the same for all: an HTTP server of Node that answers its process id.',
    '## Against the targets',
    ...writeGoals(goals),
    ...figures.flatMap(({ title, about, head, rows }) => [
      `## ${title}`,
      about,
      writeTable(head, rows),
    ]),
  ].join('\n\n')}\n`;
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
