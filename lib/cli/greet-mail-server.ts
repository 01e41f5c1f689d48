import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { Clock } from '../util/clock.ts';

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly isSecure: boolean;
  readonly hasLogin: boolean;
}

export interface MailGreeting {
  /** What went wrong, as the end of a sentence that begins with the server; null when it speaks SMTP. */
  readonly failure: string | null;
  /** The extensions it offers, their first words in capitals. */
  readonly offers: readonly string[];
}

const ANSWER_MS = 5000;
const LONGEST_ANSWER = 16 * 1024;

/** Connects, waits for the greeting, says EHLO and leaves. */
export function greetMailServer(
  server: MailServer,
  { name, clock }: { readonly name: string; readonly clock: Clock },
): Promise<MailGreeting> {
  return new Promise((resolve) => {
    const socket = open(server);
    const settle = (failure: string | null, offers: readonly string[] = []): void => {
      timer.cancel();
      if (failure === null) socket.end('QUIT\r\n');
      socket.destroySoon();
      resolve({ failure, offers });
    };
    const timer = clock.setTimer(ANSWER_MS, () => {
      settle(`has not answered within ${ANSWER_MS / 1000} s`);
    });
    let text = '';
    let isGreeted = false;
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text = (text + chunk).slice(0, LONGEST_ANSWER);
      const reply = readReply(text);
      if (reply === null) return;
      text = '';
      if (reply.code !== (isGreeted ? 250 : 220)) {
        settle(`answers "${reply.lines[0] ?? ''}"`);
      } else if (isGreeted) {
        settle(
          null,
          reply.lines.slice(1).map((line) => line.split(' ')[0]?.toUpperCase() ?? ''),
        );
      } else {
        isGreeted = true;
        socket.write(`EHLO ${name}\r\n`);
      }
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      settle(describeFailure(error));
    });
    socket.once('end', () => {
      settle('closes the connection at once');
    });
  });
}

function open({ host, port, isSecure }: MailServer): Socket {
  if (!isSecure) return connect({ host, port });
  return connectSecurely({ host, port, ...(/^[\d.:]+$/.test(host) ? {} : { servername: host }) });
}

function describeFailure({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `cannot be found by its name (${code})`;
    case 'ECONNREFUSED':
      return 'refuses the connection (ECONNREFUSED)';
    default:
      return `cannot be reached: ${code ?? message}`;
  }
}

/** A whole reply of SMTP: lines of one code, the last of which has a blank after it. */
function readReply(text: string): { readonly code: number; readonly lines: string[] } | null {
  const lines = text.split('\r\n').slice(0, -1);
  const last = lines.find((line) => !/^\d{3}-/.test(line));
  if (last === undefined) return null;
  return { code: Number(last.slice(0, 3)), lines: lines.map((line) => line.slice(4)) };
}
