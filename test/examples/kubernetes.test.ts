import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Plain, parsePlainYaml } from './plain-yaml.ts';

const EXAMPLES = resolve(__dirname, '../../examples');

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

interface Container {
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: string[] } } };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly securityContext: { readonly readOnlyRootFilesystem: boolean };
}

interface Manifest {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, Plain>>;
}

interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: { readonly runAsNonRoot: boolean };
  readonly containers: readonly [Container];
  readonly volumes: readonly { readonly name: string }[];
}

function readManifests(file: string): Manifest[] {
  const source = readFileSync(join(EXAMPLES, 'kubernetes', file), 'utf8');
  return parsePlainYaml(source) as unknown as Manifest[];
}

const [deployment, service, budget] = readManifests('deployment.yaml');
const template = deployment?.spec['template'] as unknown as {
  readonly metadata: { readonly labels: object };
  readonly spec: PodSpec;
};
const pod = template.spec;
const [container] = pod.containers;
const config = JSON.parse(
  readFileSync(join(EXAMPLES, 'container/session.config.json'), 'utf8').replace(
    /^\s*\/\/.*$/gm,
    '',
  ),
) as {
  readonly ports: { readonly server: number };
  readonly control: { readonly http: { readonly port: number; readonly host: string } };
  readonly shutdown: { readonly drainSeconds: number; readonly exitHandlerSeconds: number };
};

describe('example kubernetes', () => {
  it('is a deployment, its service and its budget, which mean the same pods', () => {
    const labels = { app: 'tea-shop' };
    expect([deployment, service, budget].map((one) => [one?.apiVersion, one?.kind])).toEqual([
      ['apps/v1', 'Deployment'],
      ['v1', 'Service'],
      ['policy/v1', 'PodDisruptionBudget'],
    ]);
    expect(template.metadata.labels).toEqual(labels);
    expect(deployment?.spec['selector']).toEqual({ matchLabels: labels });
    expect(service?.spec['selector']).toEqual(labels);
    expect(budget?.spec['selector']).toEqual({ matchLabels: labels });
    expect(Number(budget?.spec['minAvailable'])).toBeLessThan(Number(deployment?.spec['replicas']));
  });

  it('reaches the ports of the configuration, which listen on every address', () => {
    expect(container.ports).toEqual([
      { name: 'http', containerPort: config.ports.server },
      { name: 'vigil', containerPort: config.control.http.port },
    ]);
    expect(config.control.http.host).toBe('0.0.0.0');
    const [served] = service?.spec['ports'] as unknown as [{ readonly targetPort: string }];
    expect(served.targetPort).toBe('http');
  });

  it('asks whether the server is ready, and of liveness only whether the monitor is alive', () => {
    const { startupProbe, readinessProbe, livenessProbe } = container;
    const asked = [startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet);
    expect(asked).toEqual([
      { path: '/healthz', port: 'vigil' },
      { path: '/readyz', port: 'vigil' },
      { path: '/healthz', port: 'vigil' },
    ]);
  });

  it('waits longer for the end than waiting, drain and exit handlers take', () => {
    const [word, seconds] = container.lifecycle.preStop.exec.command;
    expect(word).toBe('sleep');
    const { drainSeconds, exitHandlerSeconds } = config.shutdown;
    const longest = Number(seconds) + drainSeconds + 2 * exitHandlerSeconds;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(longest);
    const { periodSeconds, failureThreshold } = container.readinessProbe;
    expect(Number(seconds)).toBeGreaterThanOrEqual(periodSeconds * failureThreshold);
  });

  it('has a place to write where the root is read-only, and no user with rights', () => {
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
    expect(container.volumeMounts.map(({ mountPath }) => mountPath)).toContain('/app/.vigil');
    expect(container.volumeMounts.map(({ name }) => name)).toEqual(
      pod.volumes.map(({ name }) => name),
    );
    expect(pod.securityContext.runAsNonRoot).toBe(true);
  });

  it('scrapes the port that has the metrics, and opens it to nobody else', () => {
    const [monitor, policy] = readManifests('monitoring.yaml');
    expect([monitor?.kind, policy?.kind]).toEqual(['PodMonitor', 'NetworkPolicy']);
    expect(monitor?.spec['podMetricsEndpoints']).toMatchObject([
      { port: 'vigil', path: '/metrics' },
    ]);
    expect(policy?.spec['ingress']).toEqual([
      { ports: [{ port: config.ports.server }] },
      { ports: [{ port: config.control.http.port }], from: [expect.anything()] },
    ]);
  });
});

describe('parsePlainYaml', () => {
  it.each([
    ['a: yes\n', 'needs quotes'],
    ['a: b # c\n', 'needs quotes'],
    ['a: 1\na: 2\n', 'is no key, or twice'],
    ['a:\n   b: 1\n', 'is indented by an odd number'],
    ['a: 1\n  b: 2\n', 'is indented by more'],
    ['a:\nb: 1\n', 'is not what was expected'],
    ['a: &b 1\n', 'needs quotes'],
  ])('refuses %j', (source, why) => {
    expect(() => parsePlainYaml(source)).toThrow(why);
  });
});
