import { VigilError, type VigilErrorCode } from '../../errors.ts';

/** What was seen of an ssh client that did not bring up an agent, or lost it. */
export interface SshEnd {
  readonly host: string;
  readonly code: number | null;
  readonly signal: string | null;
  /** What it wrote last. */
  readonly stderr: string;
  /** Lines of the host that were none of ours. */
  readonly stdout: string;
  readonly spawnError: NodeJS.ErrnoException | null;
}

interface Symptom {
  readonly pattern: RegExp;
  readonly code: VigilErrorCode;
  readonly text: (host: string) => string;
}

const SYMPTOMS: readonly Symptom[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    code: 'ERR_FLEET_HOST_KEY',
    text: (host) =>
      `the key of host ${host} is not the one that known_hosts has: it was set up anew, or it is another machine; when that is right, remove the old one with "ssh-keygen -R ${host}"`,
  },
  {
    pattern: /host key is known for|Host key verification failed/,
    code: 'ERR_FLEET_HOST_KEY',
    text: (host) =>
      `the key of host ${host} is not known: connect once by hand with "ssh ${host}" and check it, or add it to known_hosts`,
  },
  {
    pattern: /Permission denied \(|Too many authentication failures|No more authentication methods/,
    code: 'ERR_FLEET_HOST_DENIED',
    text: (host) =>
      `host ${host} does not let us in: it accepts none of the keys of this user, or asks for a password or passphrase, which nobody can give here; use a key without one, or an agent`,
  },
  {
    pattern:
      /Could not resolve hostname|Connection refused|No route to host|timed out|Network is unreachable|Connection closed by|Connection reset|banner exchange|not responding|Broken pipe|client_loop/i,
    code: 'ERR_FLEET_HOST_UNREACHABLE',
    text: (host) => `host ${host} cannot be reached`,
  },
];

const LONGEST_WORDS = 300;
const NO_NODE_LINE = /VIGIL-AGENT-NO-NODE ?(.*)/;

/** Says in one sentence, with a code, why there is no agent on a host. */
export function classifySshEnd(end: SshEnd): VigilError {
  const { host, stderr, stdout, spawnError } = end;
  if (spawnError !== null) {
    const missing = spawnError.code === 'ENOENT' ? 'there is no ssh client on this machine' : '';
    const text = `ssh cannot be started for host ${host}: ${missing === '' ? spawnError.message : missing}`;
    return new VigilError('ERR_FLEET_HOST_SSH', text, { cause: spawnError });
  }
  const node = NO_NODE_LINE.exec(stdout);
  if (node !== null)
    return new VigilError(
      'ERR_FLEET_HOST_NODE',
      `host ${host} has no Node of version 20 or newer where a shell finds it${node[1] === '' || node[1] === undefined ? '' : `, only ${node[1]}`}`,
    );
  const symptom = SYMPTOMS.find(({ pattern }) => pattern.test(stderr));
  if (symptom !== undefined)
    return new VigilError(symptom.code, `${symptom.text(host)} (ssh: ${lastLine(stderr)})`);
  return new VigilError(
    'ERR_FLEET_HOST_SSH',
    `the channel to host ${host} ended: ${describe(end)}`,
  );
}

function describe({ code, signal, stderr, stdout }: SshEnd): string {
  const words = lastLine(stderr) || lastLine(stdout);
  const how = signal === null ? `ssh ended with ${String(code)}` : `ssh ended by ${signal}`;
  return words === '' ? how : `${how}, "${words}"`;
}

/** What a host writes may hold anything: control characters would reach a terminal. */
function lastLine(text: string): string {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  const last = lines.at(-1) ?? '';
  return last
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, LONGEST_WORDS);
}
