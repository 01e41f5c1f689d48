import { quoteUnitWord, toUnitText } from '../util/systemd-quoting.ts';

/** What a unit of systemd says about a session. */
export interface UnitFacts {
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  /** Absolute. */
  readonly stateDirectory: string;
  readonly user: string;
  /** Program and arguments of the monitor; the program is an absolute path. */
  readonly command: readonly string[];
  /** The same for `vigil reload`. */
  readonly reloadCommand: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
  /** How long the server may take to become ready, seconds. */
  readonly startSeconds: number;
  /** How long the session may take to end, seconds. */
  readonly stopSeconds: number;
}

/** Writes the unit file of a session. */
export function createSystemdUnit(facts: UnitFacts): string {
  const join = (words: readonly string[]): string => words.map(quoteUnitWord).join(' ');
  return `[Unit]
Description=${toUnitText(facts.name)}, kept up by Vigil
Wants=network-online.target
After=network-online.target

[Service]
# Started once the server is ready; the monitor says so through systemd-notify, a child of its own.
Type=notify
NotifyAccess=all
User=${facts.user}
WorkingDirectory=${toUnitText(facts.directory)}
${Object.entries(facts.environment)
  .map(([name, value]) => `Environment=${quoteUnitWord(`${name}=${value}`)}`)
  .join('\n')}
ExecStart=${join(facts.command)}
# Ends when the new server process serves, and fails when the old one had to stay.
ExecReload=${join(facts.reloadCommand)}
TimeoutStartSec=${String(facts.startSeconds)}
# The monitor ends its server in order; what is left after that is killed.
KillMode=mixed
TimeoutStopSec=${String(facts.stopSeconds)}
# The monitor restarts the server; systemd only restarts the monitor.
Restart=on-failure
RestartSec=1
WatchdogSec=30
# Wrong usage, gave up, already running, invalid configuration: starting again would not help.
RestartPreventExitStatus=64 70 73 78
# When the kernel kills the server for its memory, the monitor is to report it and go on.
OOMPolicy=continue
LimitNOFILE=65536

# Not MemoryDenyWriteExecute=: it breaks the compiler of JavaScript.
NoNewPrivileges=yes
${hardening(facts).join('\n')}

[Install]
WantedBy=multi-user.target
`;
}

const HARDENING = [
  'ProtectSystem=full',
  'ProtectControlGroups=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'LockPersonality=yes',
];
/** What ProtectSystem=full makes unwritable. */
const READ_ONLY = ['/usr', '/boot', '/efi', '/etc'];
const TEMPORARY = ['/tmp', '/var/tmp'];
const FIRST_FREE_PORT = 1024;

function hardening({ directory, stateDirectory, ports, user }: UnitFacts): string[] {
  const isTemporary = [directory, stateDirectory].some((path) => isWithin(path, TEMPORARY));
  const needsRight = user !== 'root' && ports.some((port) => port > 0 && port < FIRST_FREE_PORT);
  return [
    // A private /tmp would hide what lies there.
    ...(isTemporary ? [] : ['PrivateTmp=yes']),
    ...HARDENING,
    ...(isWithin(stateDirectory, READ_ONLY)
      ? [`ReadWritePaths=${quoteUnitWord(`-${stateDirectory}`)}`]
      : []),
    ...(needsRight ? ['AmbientCapabilities=CAP_NET_BIND_SERVICE'] : []),
  ];
}

function isWithin(path: string, directories: readonly string[]): boolean {
  return directories.some((directory) => path === directory || path.startsWith(`${directory}/`));
}
