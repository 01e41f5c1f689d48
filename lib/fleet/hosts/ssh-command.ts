import { REMOTE_PROGRAM } from './bootstrap.ts';

/** Where a host is, and how the ssh client is to get there. */
export interface SshDestination {
  /** As the user's configuration of ssh knows it. */
  readonly host: string;
  /** Arguments of the operator for the ssh client, such as `-p 2222` or `-F FILE`. */
  readonly params: readonly string[];
  /** Socket by which other sessions to this host may share the connection. */
  readonly controlPath: string;
  readonly connectSeconds: number;
}

/**
 * The arguments of the ssh client for the one channel to an agent; no shell of this machine reads them. The program that
 * the shell of the host gets is always the same: what is configured travels over the channel.
 *
 * Of an option that is given twice the client takes the first: nobody can make it ask a question, and everything else
 * that the operator says counts. Host keys are checked as their configuration says.
 */
export function createSshArguments(destination: SshDestination): string[] {
  const { host, params, controlPath, connectSeconds } = destination;
  const fixed = [
    'BatchMode=yes',
    'ControlMaster=auto',
    'ControlPersist=no',
    `ControlPath=${escapeTokens(controlPath)}`,
    'ClearAllForwardings=yes',
    'RequestTTY=no',
    'EscapeChar=none',
  ];
  const defaults = [
    `ConnectTimeout=${String(connectSeconds)}`,
    'ConnectionAttempts=1',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=4',
  ];
  return [...asOptions(fixed), ...params, ...asOptions(defaults), '--', host, REMOTE_PROGRAM];
}

function asOptions(options: readonly string[]): string[] {
  return options.flatMap((option) => ['-o', option]);
}

/** What ssh would replace in the path of its socket; and quotes, because it splits values at spaces. */
function escapeTokens(path: string): string {
  return `"${path.replaceAll('%', '%%').replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
