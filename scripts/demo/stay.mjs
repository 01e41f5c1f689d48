import { print } from './print.mjs';

/** Keeps the session open until it is interrupted or ended from its console. */
export async function stayOpen({ session, mailbox, port, signal }) {
  print.heading('The session stays open. Things to try:');
  print.fact('look', `curl http://127.0.0.1:${port}/`);
  print.fact('crash it', `curl http://127.0.0.1:${port}/checkout`);
  print.fact('make it ill', `curl http://127.0.0.1:${port}/lose-database`);
  print.fact('make it hang', `curl http://127.0.0.1:${port}/search`);
  print.fact('ask it', 'type a command here: status, explain, restart clean, help');
  print.fact('end', 'exit clean, or Ctrl-C');
  print.plain('');
  mailbox.on('mail', ({ subject, lines }) => {
    print.fact('a mail', subject);
    print.quote(lines);
  });
  session.on('output', (chunk) => process.stdout.write(chunk));
  process.stdin.on('data', (chunk) => session.type(chunk));
  session.removeAllListeners('exit');
  await new Promise((resolve) => {
    session.once('exit', resolve);
    signal.addEventListener('abort', resolve);
  });
  process.stdin.destroy();
}
