/** What a unit of systemd says about a session. */
export interface UnitFacts {
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  readonly user: string;
  /** Program and arguments; the program is an absolute path. */
  readonly command: readonly string[];
  /** How long the session may take to end, seconds. */
  readonly stopSeconds: number;
}

/** Writes the unit file of a session. */
export function createSystemdUnit(facts: UnitFacts): string {
  return `[Unit]
Description=${escapePercent(oneLine(facts.name))}, kept up by Vigil
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
User=${facts.user}
WorkingDirectory=${escapePercent(facts.directory)}
Environment=NODE_ENV=production
ExecStart=${facts.command.map(quoteWord).join(' ')}
ExecReload=/bin/kill -HUP $MAINPID
# The monitor ends its server in order; what is left after that is killed.
KillMode=mixed
TimeoutStopSec=${facts.stopSeconds}
# The monitor restarts the server; systemd only restarts the monitor.
Restart=on-failure
RestartSec=1
# Wrong usage, gave up, already running, invalid configuration: starting again would not help.
RestartPreventExitStatus=64 70 73 78

[Install]
WantedBy=multi-user.target
`;
}

/** A word of ExecStart: quoted where it must be, and free of what systemd would expand. */
function quoteWord(word: string): string {
  const escaped = escapePercent(word.replaceAll('\\', '\\\\').replaceAll('"', '\\"')).replaceAll(
    '$',
    '$$$$',
  );
  return /^[\w./:=@%+,-]+$/.test(word) ? escaped : `"${escaped}"`;
}

function escapePercent(text: string): string {
  return text.replaceAll('%', '%%');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
