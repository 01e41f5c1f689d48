import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { request } from '../support/request.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { runVigil } from '../support/spawn-vigil.ts';
import { makeCertificate } from '../session-process/make-certificate.ts';
import { finish } from './spawner-end.ts';
import { startSpawner } from './start-spawner.ts';

afterEach(async () => {
  await assertNoLeaks();
});

describe('who may ask a spawner', () => {
  it('is whoever has the token, but for liveliness and the health route', async () => {
    const spawner = await startSpawner({ token: 'open-sesame' });
    const ask = async (method: string, path: string): Promise<number> =>
      (await request(spawner.url + path, { method })).status;
    for (const path of ['/spawn', '/service', '/api/spawn', '/api/shutdown'])
      expect([path, await ask('POST', path)]).toEqual([path, 401]);
    for (const path of ['/api/spawns', '/api/status', '/api/help', '/metrics', '/readyz'])
      expect([path, await ask('GET', path)]).toEqual([path, 401]);
    expect(await ask('DELETE', '/api/spawns/x')).toBe(401);
    expect(await ask('POST', '/liveliness/x?liveliness=ping')).toBe(404);
    expect(await ask('GET', '/healthz')).toBe(200);
    expect((await spawner.ask('GET', '/readyz')).status).toBe(200);
    expect((await spawner.ask('GET', '/metrics')).body).toContain('vigil_spawn_ports_available 4');
    const { id } = await spawner.spawn();
    await spawner.ask('DELETE', `/api/spawns/${id}`);
    await finish(spawner);
  });

  it('is no page of another site, unless it was allowed', async () => {
    const spawner = await startSpawner({ allowedOrigins: ['https://app.example'] });
    const ask = (method: string, headers: Record<string, string>) =>
      spawner.ask(method, method === 'OPTIONS' ? '/spawn' : '/api/status', { headers });
    for (const origin of ['https://app.example', 'http://localhost:3000', spawner.url]) {
      const { status, headers } = await ask('GET', { origin });
      expect([status, headers['access-control-allow-origin']]).toEqual([200, origin]);
    }
    const preflight = await ask('OPTIONS', {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
    });
    expect(preflight).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': 'https://app.example',
        'access-control-allow-headers': 'authorization, content-type',
      },
    });
    for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example']) {
      const { status, headers } = await ask('GET', { origin });
      expect([status, headers['access-control-allow-origin']]).toEqual([403, undefined]);
    }
    expect((await ask('GET', { host: 'evil.example' })).status).toBe(421);
    await finish(spawner);
  });

  it('speaks TLS where it is told to', async () => {
    const directory = await makeCertificate();
    const [certFile, keyFile] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
    const spawner = await startSpawner({ tls: { certFile, keyFile } });
    expect(spawner.url).toMatch(/^https:/);
    const status = await new Promise((resolve, reject) => {
      httpsRequest(`${spawner.url}/healthz`, { rejectUnauthorized: false }, (incoming) => {
        incoming.resume();
        resolve(incoming.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
    expect(await spawner.stop()).toBe(0);
  });
});

describe('a configuration that is wrong', () => {
  it('is told with its place, and nothing is started', async () => {
    const directory = await makeTempDirectory({
      'spawner.config.json':
        '{\n  "commandd": ["x"],\n  "ports": { "begin": 65000, "max": 1000 }\n}\n',
      'late.json': '{ "command": ["x"], "ports": { "begin": 65000, "max": 1000 } }',
    });
    const wrong = await runVigil(['spawner'], { cwd: directory });
    expect(wrong).toMatchObject({ code: 78, stdout: '' });
    expect(wrong.stderr).toContain('spawner.config.json:2:3: commandd: expected a known key');
    const late = await runVigil(['spawner', '-c', 'late.json'], { cwd: directory });
    expect(late).toMatchObject({ code: 78, stdout: '' });
    expect(late.stderr).toContain('ports.max: expected ports up to 65535, found');
    const missing = await runVigil(['spawner', '-c', join(directory, 'no.json')], {});
    expect(missing).toMatchObject({ code: 64 });
  });
});
