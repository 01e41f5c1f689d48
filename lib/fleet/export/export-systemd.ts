import { quoteUnitWord, toUnitText } from '../../util/systemd-quoting.ts';
import {
  type ExportedFile,
  type ExportedProgram,
  type ExportFacts,
  groupByType,
  HIDDEN_KEYS,
  isEmpty,
} from './export-facts.ts';

/**
 * Units of systemd: one service for each process, and a target that holds those of one host together.
 *
 * Where the fleet has several hosts, each has a folder of its own. A stop goes the way of the start backwards, as
 * systemd's own ordering has it.
 */
export function exportToSystemd(facts: ExportFacts): ExportedFile[] {
  const hosts = new Set([facts.master, ...facts.servers].map(({ host }) => host));
  return [...hosts].flatMap((host) => {
    const folder = hosts.size === 1 ? '' : `${host === null ? 'this-host' : toFolder(host)}/`;
    return exportHost(facts, host).map((file) => ({ ...file, path: `${folder}${file.path}` }));
  });
}

function exportHost(facts: ExportFacts, host: string | null): ExportedFile[] {
  const steps = groupByType(facts.servers.filter((server) => server.host === host));
  if (facts.master.host === host) steps.unshift([facts.master]);
  const programs = steps.flat();
  return [
    { path: targetOf(facts), text: createTarget(facts, programs), isSecret: false },
    ...steps.flatMap((step, index) => {
      const before = (steps[index - 1] ?? []).map(({ id }) => unitOf(facts, id));
      return step.map((program) => ({
        path: unitOf(facts, program.id),
        text: createService(facts, program, before),
        isSecret: false,
      }));
    }),
    ...programs.filter(({ hidden }) => !isEmpty(hidden)).map(createSecret),
  ];
}

function createTarget(facts: ExportFacts, programs: readonly ExportedProgram[]): string {
  return `[Unit]
Description=${toUnitText(facts.name)} (${toUnitText(facts.env)}): all servers of this host
Wants=${programs.map(({ id }) => unitOf(facts, id)).join(' ')}

[Install]
WantedBy=multi-user.target
`;
}

function createService(
  facts: ExportFacts,
  program: ExportedProgram,
  before: readonly string[],
): string {
  const { id, serverType, command, hidden, cpu } = program;
  return `[Unit]
Description=${toUnitText(facts.name)}: ${toUnitText(id)} (${toUnitText(serverType)})
PartOf=${targetOf(facts)}
Wants=network-online.target
After=${['network-online.target', ...before].join(' ')}
# A server that fails again and again is tried again and again, with a pause.
StartLimitIntervalSec=0

[Service]
Type=exec
User=${facts.user}
WorkingDirectory=${toUnitText(facts.base)}
Environment=NODE_ENV=${quoteUnitWord(facts.env)}
${isEmpty(hidden) ? '' : `EnvironmentFile=${secretFileOf(id)}\n`}ExecStart=${command.map(quoteUnitWord).join(' ')}
${cpu === null ? '' : `CPUAffinity=${cpu}\n`}Restart=always
RestartSec=3
# The server ends itself in order; what is left after that is killed.
KillMode=mixed
TimeoutStopSec=${String(facts.stopDeadlineSeconds)}
LimitNOFILE=65536
NoNewPrivileges=yes

[Install]
WantedBy=${targetOf(facts)}
`;
}

const SECRETS_FOLDER = '/etc/vigil-fleet';

function secretFileOf(id: string): string {
  return `${SECRETS_FOLDER}/${id}.env`;
}

function createSecret({ id, hidden }: ExportedProgram): ExportedFile {
  const value = JSON.stringify(hidden).replace(/[\\"`$]/g, (sign) => `\\${sign}`);
  const text = `# To be put to ${secretFileOf(id)}, mode 0600, owned by root.\n${HIDDEN_KEYS}="${value}"\n`;
  return { path: `${id}.env`, text, isSecret: true };
}

function targetOf({ name }: ExportFacts): string {
  return `${name}.target`;
}

function unitOf({ name }: ExportFacts, id: string): string {
  return `${name}-${id}.service`;
}

/** An address of IPv6 has what a file name should not. */
function toFolder(host: string): string {
  return host.replace(/[^\w.-]+/g, '_');
}
