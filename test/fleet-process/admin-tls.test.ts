import { readFile } from 'node:fs/promises';
import { connect as dial } from 'node:net';
import { join } from 'node:path';
import { AdminClient } from '../../lib/fleet/client/admin-client.ts';
import { MonitorLink } from '../../lib/fleet/monitor/monitor-link.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { makeCertificate } from '../session-process/make-certificate.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { runVigil } from '../support/spawn-vigil.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitForEvent } from '../support/wait-for-event.ts';
import { endAll, type Master, startMaster } from './admin-master.ts';

interface Pair {
  readonly certFile: string;
  readonly key: Buffer;
  readonly cert: Buffer;
}

async function makePair(): Promise<Pair> {
  const directory = await makeCertificate();
  const certFile = join(directory, 'cert.pem');
  return {
    certFile,
    key: await readFile(join(directory, 'key.pem')),
    cert: await readFile(certFile),
  };
}

function connect({ port }: Master, certificate: Buffer | null): Promise<AdminClient> {
  return AdminClient.connect({
    host: '127.0.0.1',
    port,
    certificate,
    clock: systemClock,
    id: 'c',
    username: '@local',
    password: 'the-local-key',
    onNotice: () => undefined,
  });
}

afterEach(async () => {
  await endAll();
  await assertNoLeaks();
});

describe('a master with TLS', () => {
  let pair: Pair;
  let master: Master;

  beforeEach(async () => {
    pair = await makePair();
    master = await startMaster({ tls: pair });
  });

  it('is asked by whom has its certificate, whatever its name', async () => {
    const client = await connect(master, pair.cert);
    const { body } = await client.request('mine', { n: 1 }, 20_000);
    expect(body).toMatchObject({ got: { n: 1 } });
    await client.close();
  });

  it('is told nothing by whom expects another certificate', async () => {
    const other = await makePair();
    await expect(connect(master, other.cert)).rejects.toMatchObject({
      code: 'ERR_FLEET_NO_MASTER',
      message: expect.stringContaining('another certificate'),
    });
    expect(master.audit).toEqual([]);
  });

  it('drops who speaks without it, and serves others', async () => {
    const socket = dial(master.port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    socket.write(Buffer.from([0x10, 0x0c, 0x00, 0x04, 0x4d, 0x51, 0x54, 0x54]));
    await waitForEvent(socket, 'close');
    await (await connect(master, pair.cert)).close();
  });

  it('takes servers', async () => {
    const link = new MonitorLink({
      host: '127.0.0.1',
      port: master.port,
      certificate: pair.cert,
      clock: systemClock,
      identity: { id: 'chat-1', serverType: 'chat', pid: 1, info: {} },
      token: 'chat-token',
      desk: { deliver: () => undefined, command: () => undefined },
      onEvent: () => undefined,
    });
    await link.connect();
    expect([...master.server.monitors.keys()]).toEqual(['chat-1']);
    await link.close();
  });

  it('is listed with --cert, and with the certificate that config/master.json names', async () => {
    const port = String(master.port);
    const user = { VIGIL_FLEET_PASSWORD: 'secret-1' };
    const args = ['fleet', 'list', '--json', '-u', 'admin'];
    const named = await runVigil([...args, '-P', port, '--cert', pair.certFile], { env: user });
    const config = {
      host: '127.0.0.1',
      port: master.port,
      tls: { key: 'key.pem', cert: pair.certFile },
    };
    const base = await makeTempDirectory({
      'config/master.json': JSON.stringify({ development: config }),
    });
    const configured = await runVigil(args, { env: user, cwd: base });
    const without = await runVigil([...args, '-P', port], { env: user });
    const wrong = await runVigil([...args, '-P', port, '--cert', join(base, 'none')], {
      env: user,
    });
    // The master of this test answers something else than a list.
    expect([named.stderr, configured.stderr]).toEqual([
      expect.stringContaining('something else to list'),
      expect.stringContaining('something else to list'),
    ]);
    expect([without.code, wrong.code]).toEqual([69, 64]);
  });
});

describe('a certificate that is none', () => {
  it('refuses the start of a master, and the command of a client', async () => {
    const nonsense = Buffer.from('nonsense');
    await expect(startMaster({ tls: { key: nonsense, cert: nonsense } })).rejects.toMatchObject({
      code: 'ERR_FLEET_PORT',
    });
    const master = await startMaster();
    await expect(connect(master, nonsense)).rejects.toMatchObject({ code: 'ERR_FLEET_NO_MASTER' });
  });
});
