import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { itWhere } from '../support/it-where.ts';
import { request } from '../support/request.ts';
import { type StartedChild, startChild } from '../support/start-child.ts';
import { lintDockerfile, parseDockerfile, readWords } from './dockerfile.ts';
import { parsePlainYaml } from './plain-yaml.ts';
import { makeProject } from './project-sandbox.ts';

const FOLDER = resolve(__dirname, '../../examples/container');
const CONTAINER = ['-r', '--pid', '--fork', '--mount-proc'];
const canContain = spawnSync('unshare', [...CONTAINER, 'true']).status === 0;
const itContained = itWhere(canContain, 'this machine lets nobody make a namespace of processes');

const dockerfile = readFileSync(join(FOLDER, 'Dockerfile'), 'utf8');
const instructions = parseDockerfile(dockerfile);

interface Contained {
  readonly container: StartedChild;
  /** Of the control API. */
  readonly url: string;
  readonly port: number;
  readonly cwd: string;
}

/** Runs the command of the image, as the first process of its own, on free ports. */
async function contain(...flags: readonly string[]): Promise<Contained> {
  const cwd = await makeProject([], 'container');
  const free = ['--port', '0', '--set', 'control.http.port=0', ...flags];
  const command = [...readWords(instructions, 'CMD'), ...free];
  const container = startChild('unshare', [...CONTAINER, ...command], { cwd });
  const [, url = ''] = await container.waitForLine(/control API: http:\/\/[^:]+(:\d+)/);
  const [, port] = await container.waitForLine(/server #1, pid \d+ listens on port (\d+)/);
  return { container, url: `http://127.0.0.1${url}`, port: Number(port), cwd };
}

describe('example container', () => {
  it('has a Dockerfile without the usual mistakes', () => {
    expect(lintDockerfile(dockerfile, FOLDER)).toEqual([]);
    const mistakes = ['FROM node', 'COPY gone.js ./', 'CMD node gone.js'].join('\n');
    expect(lintDockerfile(mistakes, FOLDER)).toEqual([
      'nothing to copy: gone.js',
      'CMD is run by a shell, which takes no signals',
      'runs as root',
      'USER belongs between COPY and CMD',
      'no HEALTHCHECK',
      'an image without a version: node',
    ]);
  });

  it('names the same ports everywhere, and waits longer for the end than the end takes', () => {
    const config = readConfig();
    const exposed = instructions
      .find(({ name }) => name === 'EXPOSE')
      ?.rest.split(' ')
      .map(Number);
    expect(exposed).toEqual([config.ports.server, config.control.http.port]);
    expect(readWords(instructions, 'HEALTHCHECK').at(-1)).toContain(
      `127.0.0.1:${config.control.http.port}/readyz`,
    );
    const [compose] = parsePlainYaml(readFileSync(join(FOLDER, 'compose.yaml'), 'utf8'));
    const service = (compose as { services: Record<string, Record<string, unknown>> }).services[
      'tea-shop'
    ];
    const grace = /^(\d+)s$/.exec(String(service?.['stop_grace_period']))?.[1];
    expect(Number(grace)).toBeGreaterThan(endSeconds(config));
    expect(service?.['ports']).toEqual(['3000:3000', '127.0.0.1:9777:9777']);
  });

  itContained('is well, is ready, and ends in order when the runtime asks it to', async () => {
    const { container, url, port } = await contain();
    expect((await request(`http://127.0.0.1:${port}/`)).body).toBe('green tea\n');
    expect((await request(`${url}/healthz`)).status).toBe(200);
    await container.waitForLine(/server #1, pid \d+ is ready/);
    const [program = '', ...words] = readWords(instructions, 'HEALTHCHECK');
    const check = words.map((word) => word.replace('http://127.0.0.1:9777', url));
    expect((await startChild(program, check).waitForExit()).code).toBe(0);
    // The signal of a runtime reaches the first process of the container.
    const children = `/proc/${container.pid}/task/${container.pid}/children`;
    process.kill(Number(readFileSync(children, 'utf8')), 'SIGTERM');
    expect(await container.waitForExit()).toEqual({ code: 0, signal: null });
    expect((await startChild(program, check).waitForExit()).code).toBe(1);
    await assertNoLeaks();
  });

  itContained(
    'ends with 70 when restarts do not help, and is alive but not ready till then',
    async () => {
      const { container, url, port, cwd } = await contain(
        '--set',
        'restart.breaker.failures=2',
        '--set',
        'restart.backoff.baseSeconds=2',
      );
      await container.waitForLine(/server #1, pid \d+ is ready/);
      writeFileSync(join(cwd, 'server.js'), 'throw new Error("broken");');
      await request(`http://127.0.0.1:${port}/spill`).catch(() => undefined);
      await container.waitForLine(/restarting in \d/);
      const answers = ['healthz', 'readyz'].map(async (path) => request(`${url}/${path}`));
      expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 503]);
      expect(await container.waitForExit()).toEqual({ code: 70, signal: null });
      await assertNoLeaks();
    },
  );
});

interface Config {
  readonly ports: { readonly server: number };
  readonly control: { readonly http: { readonly port: number } };
  readonly shutdown: { readonly drainSeconds: number; readonly exitHandlerSeconds: number };
}

function readConfig(): Config {
  const source = readFileSync(join(FOLDER, 'session.config.json'), 'utf8');
  return JSON.parse(source.replace(/^\s*\/\/.*$/gm, '')) as Config;
}

function endSeconds({ shutdown }: Config): number {
  return shutdown.drainSeconds + 2 * shutdown.exitHandlerSeconds;
}
