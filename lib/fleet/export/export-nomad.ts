import {
  type ExportedFile,
  type ExportedProgram,
  type ExportFacts,
  groupByType,
  HIDDEN_KEYS,
  isEmpty,
} from './export-facts.ts';

/**
 * A job of Nomad: one group for each process.
 *
 * No process is ever started a second time while its node is cut off: as with the fleet's own master, a name belongs to
 * one process.
 */
export function exportToNomad(facts: ExportFacts): ExportedFile[] {
  const programs = [facts.master, ...groupByType(facts.servers).flat()];
  const job = `# Run with: nomad job run ${facts.name}.nomad.hcl
job ${quote(facts.name)} {
  type = "service"

${programs.map((program) => createGroup(facts, program)).join('\n')}}
`;
  const secrets = programs.filter(({ hidden }) => !isEmpty(hidden));
  return [
    { path: `${facts.name}.nomad.hcl`, text: job, isSecret: false },
    ...(secrets.length === 0 ? [] : [createVariables(facts, secrets)]),
  ];
}

function createGroup(facts: ExportFacts, program: ExportedProgram): string {
  const { id, serverType, host, ports, hidden } = program;
  const blocks = [
    ...(host === null ? [] : [block('constraint', constrain(host))]),
    ...(ports.length === 0
      ? []
      : [
          block(
            'network',
            ports.map((port) => `port ${quote(`p${String(port)}`)} { static = ${String(port)} }`),
          ),
        ]),
    block('restart', ['attempts = 10', 'interval = "5m"', 'delay = "3s"', 'mode = "delay"']),
    // Cut off, it is waited for: another one beside it would be a double.
    block('disconnect', ['lost_after = "8760h"', 'replace = false', 'reconcile = "keep_original"']),
    block(`task ${quote(id)}`, [
      ...runBy(facts, program),
      'kill_signal = "SIGTERM"',
      `kill_timeout = "${String(facts.stopDeadlineSeconds)}s"`,
      ...block('env', [`NODE_ENV = ${quote(facts.env)}`]),
      ...(isEmpty(hidden) ? [] : block('template', readSecret(facts, id))),
    ]),
  ];
  const lines = [
    'count = 1',
    `meta { serverType = ${quote(serverType)} }`,
    ...blocks.flatMap((lines) => ['', ...lines]),
  ];
  return `${block(`group ${quote(id)}`, lines)
    .map(indent)
    .join('\n')}\n`;
}

function runBy({ base, image }: ExportFacts, { command, ports }: ExportedProgram): string[] {
  const [program = '', ...args] = command;
  if (image === null)
    return [
      'driver = "raw_exec"',
      ...block('config', [
        `command = ${quote(program)}`,
        `args = ${list(args)}`,
        `work_dir = ${quote(base)}`,
      ]),
    ];
  return [
    'driver = "docker"',
    ...block('config', [
      `image = ${quote(image)}`,
      `command = ${quote(program)}`,
      `args = ${list(args)}`,
      `work_dir = ${quote(base)}`,
      ...(ports.length === 0 ? [] : [`ports = ${list(ports.map((port) => `p${String(port)}`))}`]),
    ]),
  ];
}

function constrain(host: string): string[] {
  const isAddress = /^[\d.]+$/.test(host) || host.includes(':');
  const attribute = isAddress ? 'attr.unique.network.ip-address' : 'attr.unique.hostname';
  return [`attribute = "\${${attribute}}"`, `value = ${quote(host)}`];
}

function readSecret({ name }: ExportFacts, id: string): string[] {
  const path = `nomad/jobs/${name}`;
  return [
    'destination = "secrets/hidden.env"',
    'env = true',
    'data = <<EOT',
    `{{ with nomadVar ${JSON.stringify(path)} }}${HIDDEN_KEYS}={{ .${keyOf(id)} | toJSON }}{{ end }}`,
    'EOT',
  ];
}

function createVariables(
  { name }: ExportFacts,
  programs: readonly ExportedProgram[],
): ExportedFile {
  const items = programs.map(
    ({ id, hidden }) => `  ${keyOf(id)} = ${quote(JSON.stringify(hidden))}`,
  );
  const path = `${name}.nv.hcl`;
  const text = `# Put with: nomad var put @${path}
path = ${quote(`nomad/jobs/${name}`)}
items {
${items.join('\n')}
}
`;
  return { path, text, isSecret: true };
}

/** A key of a variable has letters, digits and "_" only. */
function keyOf(id: string): string {
  return `server_${id.replace(/[^A-Za-z0-9]/g, '_')}`;
}

function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...lines.map(indent), '}'];
}

/** A heredoc ends with its word at the beginning of a line. */
function indent(line: string): string {
  return line === '' || line === 'EOT' ? line : `  ${line}`;
}

function list(words: readonly string[]): string {
  return `[${words.map(quote).join(', ')}]`;
}

/** What HCL would read as a template is text here. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[$%](?=\{)/g, (sign) => sign + sign);
}
