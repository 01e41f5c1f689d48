import { print } from './print.mjs';

export function tellStart({ session, mailbox, port }, { ready, requestsPerSecond }) {
  print.fact('command', `vigil ${wrap(session.args)}`);
  print.fact('server', `process ${ready.pid} on port ${port}, ready after ${ready.startMs} ms`);
  print.fact('watched by', `process ${session.monitorPid}, the monitor`);
  print.fact('mail goes to', `a mail server of this demo, ${mailbox.address}`);
  print.fact('load', `${requestsPerSecond} requests a second, each on a connection of its own`);
  print.fact(
    'a note',
    'a first failure is restarted at once, further ones are spaced out; --set lets',
  );
  print.fact('', 'the session forget within a second, so that each failure here is a first one');
}

export function tellMisfortune({ title, what }, happened) {
  const { before, after, death, mail, load, struckAt } = happened;
  const since = load.answers.filter(({ sentAt }) => sentAt >= struckAt);
  print.heading(title);
  print.fact('what', what);
  print.fact('noticed as', `${death.cause}: ${death.evidence[0].replace(/^crash note: /, '')}`);
  print.fact('process', `${before.pid} is gone, ${after.pid} serves`);
  print.fact('served again', describeGap(load.answers, happened));
  print.fact('requests', describeRequests(since));
  print.fact('mail', mail.subject);
  print.quote(importantLines(mail.lines));
}

export function tellRepetition({ title, what, times }, { suspect, digest, load, struckAt }) {
  const since = load.answers.filter(({ sentAt }) => sentAt >= struckAt);
  const { route, hits, of } = suspect;
  print.heading(title);
  print.fact('what', what);
  print.fact('process', `replaced ${times} times`);
  print.fact('suspect', `${route} was in flight in ${hits} of the last ${of} deaths`);
  print.fact('requests', describeRequests(since));
  print.fact('one mail', digest.subject);
  print.quote(trimBlank(digest.lines.slice(1)));
}

export function tellSummary({ session, mailbox, load, code }) {
  const deaths = session.events.filter(
    ({ type, expected }) => type === 'worker.exited' && !expected,
  );
  const failed = load.answers.filter(({ ok }) => !ok).length;
  const share = ((100 * failed) / load.answers.length).toFixed(1);
  print.success(`The server failed ${deaths.length} times, and was back ${deaths.length} times.`);
  print.fact('requests', `${load.answers.length} in all, ${failed} failed (${share} %)`);
  print.fact('', 'New connections waited for the next process: the monitor holds the socket.');
  print.fact('mails', `${mailbox.mails.length}, the one with the session key included`);
  print.fact('the end', `drained and stopped, exit code ${code}`);
}

/** From the last good answer of the old process to the first one of the new. */
function describeGap(answers, { before, after, scheduled }) {
  const lastOld = answers.findLast(({ ok, pid }) => ok && pid === before.pid);
  const firstNew = answers.find(({ ok, pid }) => ok && pid === after.pid);
  if (lastOld === undefined || firstNew === undefined)
    throw new Error('not both processes have answered requests');
  const gap = `after ${Math.round(firstNew.at - lastOld.at)} ms`;
  if (scheduled.delayMs === 0) return `${gap}: restarted at once`;
  return `${gap}, of which ${scheduled.delayMs} ms on purpose: failures in a row are spaced out`;
}

function describeRequests(answers) {
  const failures = answers.filter(({ ok }) => !ok);
  if (failures.length === 0) return `${answers.length}, none failed`;
  const counts = new Map();
  for (const { failure } of failures) counts.set(failure, (counts.get(failure) ?? 0) + 1);
  const list = [...counts].map(([failure, count]) => `${count} ${failure}`).join(', ');
  return `${answers.length}, ${failures.length} failed (${list})`;
}

/** What a maintainer reads first: what happened, what follows, where in the source. */
function importantLines(lines) {
  const end = lines.findIndex((line) => line.startsWith('When: '));
  const head = lines.slice(1, end === -1 ? 8 : end);
  return trimBlank(shortenStack(head));
}

const SHOWN_FRAMES = 3;

/** The frames of the framework tell a reader of the demo nothing. */
function shortenStack(lines) {
  const frames = [...lines.keys()].filter((index) => /^\s+at .*:\d+:\d+\)?$/.test(lines[index]));
  const hidden = frames.slice(SHOWN_FRAMES);
  return lines.flatMap((line, index) => {
    if (!hidden.includes(index)) return [line];
    return index === hidden[0] ? [`      … ${hidden.length} more frames`] : [];
  });
}

function trimBlank(lines) {
  const first = lines.findIndex((line) => line.trim() !== '');
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return first === -1 ? [] : lines.slice(first, last + 1);
}

/** The words of a command in lines that fit a terminal, broken before an option. */
function wrap(words) {
  let width = 0;
  return words
    .map((word, index) => {
      const next =
        word.length + (words[index + 1]?.startsWith('-') ? 0 : (words[index + 1] ?? '').length) + 2;
      const breaks = word.startsWith('--') && width + next > 66;
      width = breaks ? word.length : width + word.length + 1;
      return breaks ? `\\\n  ${word}` : word;
    })
    .join(' ');
}
