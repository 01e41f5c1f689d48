import { hashShortly } from '../../util/short-hash.ts';
import {
  type ExportedFile,
  type ExportedProgram,
  type ExportFacts,
  groupByType,
  HIDDEN_KEYS,
  isEmpty,
} from './export-facts.ts';

/**
 * Manifests of Kubernetes: a StatefulSet of one pod and a headless Service for each process.
 *
 * A StatefulSet never runs two pods of one name, also while a node is cut off: as with the fleet's own master, a name
 * belongs to one process. The Service gives each the host name by which the others reach it, in place of the address
 * that the configuration has.
 */
export function exportToKubernetes(facts: ExportFacts): ExportedFile[] {
  const programs = [facts.master, ...groupByType(facts.servers).flat()];
  const documents = programs.flatMap((program) => [
    createService(facts, program),
    createSet(facts, program),
  ]);
  documents.unshift(createConfig(facts));
  const secrets = programs.filter(({ hidden }) => !isEmpty(hidden));
  const text = HEAD + documents.map((document) => toYaml(document)).join('---\n');
  return [
    { path: `${facts.name}.yaml`, text, isSecret: false },
    ...(secrets.length === 0 ? [] : [createSecret(facts, secrets)]),
  ];
}

const HEAD = `# The image has the application in /app. config/adminUser.json and config/adminServer.json are not in here:
# they come with the image, or from a Secret of yours.
`;

type Node = string | number | boolean | readonly Node[] | { readonly [key: string]: Node };

/** The files in the image say where the servers are outside of the cluster. */
function createConfig(facts: ExportFacts): Node {
  const files = Object.entries(facts.config).map(([file, value]) => [
    file,
    `${JSON.stringify(value, null, 2)}\n`,
  ]);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: configOf(facts) },
    data: Object.fromEntries(files) as Record<string, string>,
  };
}

function createService(facts: ExportFacts, program: ExportedProgram): Node {
  const labels = labelsOf(facts, program);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: nameInCluster(facts, program.id), labels },
    spec: {
      clusterIP: 'None',
      // Servers look for one another while they start.
      publishNotReadyAddresses: true,
      selector: labels,
      ...(program.ports.length === 0
        ? {}
        : { ports: program.ports.map((port) => ({ name: `p${String(port)}`, port })) }),
    },
  };
}

function createSet(facts: ExportFacts, program: ExportedProgram): Node {
  const labels = labelsOf(facts, program);
  const name = nameInCluster(facts, program.id);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, labels },
    spec: {
      replicas: 1,
      serviceName: name,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: facts.stopDeadlineSeconds,
          containers: [createContainer(facts, program)],
          volumes: [{ name: 'config', configMap: { name: configOf(facts) } }],
        },
      },
    },
  };
}

function createContainer(facts: ExportFacts, program: ExportedProgram): Node {
  const { ports, hidden } = program;
  const [port] = ports;
  return {
    name: 'server',
    image: facts.image ?? `${facts.name}:latest`,
    workingDir: facts.base,
    command: program.command.map(keepReferences),
    env: [
      { name: 'NODE_ENV', value: facts.env },
      ...(isEmpty(hidden) ? [] : [readSecret(facts, program)]),
    ],
    ...(port === undefined
      ? {}
      : {
          ports: ports.map((containerPort) => ({ containerPort })),
          readinessProbe: { tcpSocket: { port }, periodSeconds: 5 },
        }),
    volumeMounts: Object.keys(facts.config).map((file) => ({
      name: 'config',
      mountPath: `${facts.base}/config/${file}`,
      subPath: file,
      readOnly: true,
    })),
    securityContext: { allowPrivilegeEscalation: false },
  };
}

/** Kubernetes would put the value of a variable in place of `$(NAME)`. */
function keepReferences(word: string): string {
  return word.replaceAll('$(', () => '$$(');
}

function readSecret(facts: ExportFacts, { id }: ExportedProgram): Node {
  const secretKeyRef = { name: secretOf(facts), key: id };
  return { name: HIDDEN_KEYS, valueFrom: { secretKeyRef } };
}

function createSecret(facts: ExportFacts, programs: readonly ExportedProgram[]): ExportedFile {
  const values = programs.map(({ id, hidden }) => [id, JSON.stringify(hidden)]);
  const secret: Node = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretOf(facts) },
    type: 'Opaque',
    stringData: Object.fromEntries(values) as Record<string, string>,
  };
  return { path: `${facts.name}-secret.yaml`, text: toYaml(secret), isSecret: true };
}

function configOf({ name }: ExportFacts): string {
  return `${toLabel(name)}-config`;
}

function secretOf({ name }: ExportFacts): string {
  return `${toLabel(name)}-hidden`;
}

function labelsOf({ name }: ExportFacts, { id, serverType }: ExportedProgram): Node {
  return {
    'app.kubernetes.io/name': toLabel(name),
    'app.kubernetes.io/component': toLabel(serverType),
    'app.kubernetes.io/instance': toLabel(id),
  };
}

/** The host name by which the others reach a process. */
export function nameInCluster({ name }: Pick<ExportFacts, 'name'>, id: string): string {
  return toLabel(`${name}-${id}`);
}

const LONGEST_LABEL = 63;
const HASH_LENGTH = 8;

/**
 * Lower case letters, digits and "-", the first a letter, as names of services have to be; two texts never become one.
 */
function toLabel(text: string): string {
  const label = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (label === text && label.length <= LONGEST_LABEL && /^[a-z]/.test(label)) return label;
  const start = (/^[a-z]/.test(label) ? label : `n-${label}`)
    .slice(0, LONGEST_LABEL - HASH_LENGTH - 1)
    .replace(/-+$/, '');
  return `${start}-${hashShortly(text).slice(0, HASH_LENGTH)}`;
}

/** Texts are written as JSON, which YAML reads as it is. */
function toYaml(node: Node): string {
  return linesOf(node)
    .map((line) => `${line}\n`)
    .join('');
}

function linesOf(node: Node): string[] {
  if (typeof node !== 'object') return [JSON.stringify(node)];
  if (isList(node)) return node.length === 0 ? ['[]'] : node.flatMap((item) => toItem(item));
  const entries = Object.entries(node);
  if (entries.length === 0) return ['{}'];
  return entries.flatMap(([key, value]) => {
    if (typeof value === 'string' && value.endsWith('}\n')) return toBlock(key, value);
    const [first = '', ...more] = linesOf(value);
    const isPlain = typeof value !== 'object' || Object.keys(value).length === 0;
    if (isPlain) return [`${toKey(key)}: ${first}`];
    return [`${toKey(key)}:`, ...[first, ...more].map((line) => `  ${line}`)];
  });
}

function toItem(item: Node): string[] {
  return linesOf(item).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`));
}

function toBlock(key: string, text: string): string[] {
  const lines = text.trimEnd().split('\n');
  return [`${toKey(key)}: |`, ...lines.map((line) => `  ${line}`)];
}

function isList(node: Node): node is readonly Node[] {
  return Array.isArray(node);
}

function toKey(key: string): string {
  return /^[A-Za-z][\w./-]*$/.test(key) ? key : JSON.stringify(key);
}
