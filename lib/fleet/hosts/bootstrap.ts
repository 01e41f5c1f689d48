/** The lines before the agent's own: what the host says while it is made ready. */
export interface BootstrapWord {
  readonly needs?: true;
  readonly has?: true;
  readonly fails?: string;
}

/** Said by the shell of a host that has no Node, or none that is new enough; what it has follows. */
export const NO_NODE = 'VIGIL-AGENT-NO-NODE';

/**
 * What the shell of a host runs: looks for a Node that is new enough, beginning with the one that the first line of the
 * input names, and hands the second line to it. It holds nothing that is configured, and no character that means
 * something to any shell inside of single quotes.
 */
export const REMOTE_PROGRAM = [
  "exec /bin/sh -c '",
  'IFS= read -r n; IFS= read -r b; ',
  't() { "$1" -e "process.exit(parseInt(process.versions.node)<20?1:0)" </dev/null >/dev/null 2>&1 ',
  '&& exec "$1" -e "eval(atob(process.argv[1]))" "$b"; }; ',
  't "$n"; t node; t /usr/local/bin/node; t /usr/bin/node; ',
  't "$("${SHELL:-/bin/sh}" -lc "command -v node" </dev/null 2>/dev/null | tail -n 1)"; ',
  'echo "',
  NO_NODE,
  ' $(node -v 2>/dev/null)"; exit 127',
  "'",
].join('');

/** Runs on the host, by itself: nothing of this module is there. It puts the agent where it belongs, checks it and runs it. */
// eslint-disable-next-line max-lines-per-function -- it travels as one function: nothing beside it is there
function bootAgent(load: NodeJS.Require): void {
  const fs = load('node:fs') as typeof import('node:fs');
  const path = load('node:path') as typeof import('node:path');
  const { createHash } = load('node:crypto') as typeof import('node:crypto');
  const { homedir } = load('node:os') as typeof import('node:os');
  const Module = load('node:module') as unknown as new (name: string) => {
    paths: string[];
    exports: { runAgent: (rest: Buffer) => void };
    _compile: (text: string, name: string) => void;
  };
  const say = (word: object): void => {
    process.stdout.write(`VIGIL-AGENT ${JSON.stringify(word)}\n`);
  };
  const isRight = (bytes: Buffer | null, sha256: string): boolean =>
    bytes !== null && createHash('sha256').update(bytes).digest('hex') === sha256;
  const read = (file: string): Buffer | null => {
    try {
      return fs.readFileSync(file);
    } catch {
      return null;
    }
  };
  const write = (file: string, bytes: Buffer): void => {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const temporary = `${file}.${String(process.pid)}.tmp`;
    const handle = fs.openSync(temporary, 'w', 0o600);
    fs.writeFileSync(handle, bytes);
    fs.fsyncSync(handle);
    fs.closeSync(handle);
    fs.renameSync(temporary, file);
  };
  let got: Buffer = Buffer.alloc(0);
  let wanted: { sha256: string; size: number } | null = null;
  let file = '';
  const run = (bytes: Buffer): void => {
    process.stdin.off('data', take);
    // The very bytes that were checked: the file may be another by now.
    const program = new Module(file);
    program._compile(bytes.toString('utf8'), file);
    program.exports.runAgent(got);
  };
  const take = (chunk: Buffer): void => {
    got = Buffer.concat([got, chunk]);
    try {
      if (wanted === null) {
        const end = got.indexOf(10);
        if (end === -1) return;
        wanted = JSON.parse(got.toString('utf8', 0, end)) as { sha256: string; size: number };
        got = got.subarray(end + 1);
        file = path.join(homedir(), '.cache', 'vigil', `agent-${wanted.sha256}.cjs`);
        const there = read(file);
        if (there !== null && isRight(there, wanted.sha256)) {
          say({ has: true });
          run(there);
          return;
        }
        say({ needs: true });
      }
      if (got.length < wanted.size) return;
      const bytes = Buffer.from(got.subarray(0, wanted.size));
      got = got.subarray(wanted.size);
      if (!isRight(bytes, wanted.sha256)) throw new Error('the agent was damaged on its way');
      write(file, bytes);
      const kept = read(file);
      if (kept === null || !isRight(kept, wanted.sha256))
        throw new Error(`${file} does not hold what was written`);
      run(kept);
    } catch (error) {
      process.stdin.off('data', take);
      say({ fails: (error as Error).message });
      process.stdin.destroy();
    }
  };
  process.stdin.on('data', take);
}

/** The program of the agent, as it is sent. */
export interface AgentProgram {
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** What the input of a host begins with. @param node - path of a Node to try first */
export function createGreeting(node: string, { bytes, sha256 }: AgentProgram): string {
  const program = Buffer.from(`(${bootAgent.toString()})(require)`).toString('base64');
  // A path with a line break is none that could be named.
  const path = node.includes('\n') ? '' : node;
  return `${path}\n${program}\n${JSON.stringify({ sha256, size: bytes.length })}\n`;
}
