import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { request } from '../support/request.ts';
import { startNode } from '../support/start-child.ts';
import { waitUntil } from '../support/wait-until.ts';
import { RawClient } from '../jobs/gateway/gateway-rig.ts';
import { makeProject } from './project-sandbox.ts';

afterEach(async () => {
  await assertNoLeaks();
});

describe('example 11-jobs', () => {
  it('serves a page, and jobs with progress, in one command', async () => {
    const cwd = await makeProject(['classic-level'], '11-jobs');
    const first = await findFreePorts(2);
    const [jobsPort, pagePort] = [String(first), String(first + 1)];
    const env = { JOBS_PORT: jobsPort, PAGE_PORT: pagePort };
    const child = startNode(['start.mjs'], { cwd, env });
    let text = '';
    child.process.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    await waitUntil(
      () => (text.includes('gateway listens') && text.includes('open http') ? true : undefined),
      () => text,
    );
    const page = await request(`http://127.0.0.1:${pagePort}/`);
    expect(page.body).toContain(`http://127.0.0.1:${jobsPort}/client.js`);
    const script = await request(`http://127.0.0.1:${jobsPort}/client.js`);
    expect(script.body).toContain('JobClient');
    const client = await RawClient.open(`ws://127.0.0.1:${jobsPort}/jobs`);
    client.job('1', { name: 'count', args: { to: 2 } });
    expect(await client.hear('progress')).toMatchObject({ id: '1' });
    expect(await client.hear('result')).toMatchObject({ id: '1', value: 'counted to 2' });
    client.say({ type: 'ack', id: '1' });
    await client.end();
    child.kill('SIGTERM');
    await child.waitForExit();
  });
});
