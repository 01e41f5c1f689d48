import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../../lib/notify/carrier.ts';
import {
  createWebhookCarrier,
  type WebhookCarrierOptions,
} from '../../lib/notify/webhook-channel.ts';
import type { WebhookMessage } from '../../lib/notify/webhook.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { makeCertificate } from '../session-process/make-certificate.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { childrenOf } from '../support/marked-processes.ts';
import { RawServer } from './mail-catcher.ts';
import { isSigned, WebhookCatcher } from './webhook-catcher.ts';

const PROGRAM = join(__dirname, '../../dist/notify/webhook-child.js');
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
  await assertNoLeaks();
  expect(childrenOf(process.pid)).toEqual([]);
});

async function catcher(
  ...given: Parameters<typeof WebhookCatcher.listen>
): Promise<WebhookCatcher> {
  const server = await WebhookCatcher.listen(...given);
  open.push(server);
  return server;
}

function message(id: string): WebhookMessage {
  const body = JSON.stringify({ type: 'test', at: '2026-01-01T00:00:00.000Z', text: `ö ${id}` });
  return { id, messageId: `msg_${id}`, kind: 'test', at: '2026-01-01T00:00:00.000Z', body };
}

async function send(
  url: string,
  messages: readonly WebhookMessage[],
  limits: Partial<WebhookCarrierOptions> = {},
): Promise<Record<string, Outcome>> {
  const webhook = { url, secret: SECRET };
  const carrier = createWebhookCarrier({
    webhook,
    clock: systemClock,
    program: PROGRAM,
    ...limits,
  });
  const outcomes: Record<string, Outcome> = {};
  await carrier.send(messages, (id, outcome) => {
    outcomes[id] = outcome;
  });
  await carrier.close();
  return outcomes;
}

describe('the webhook process', () => {
  it('posts each body as it is, signed, with the id it was given', async () => {
    const server = await catcher();
    const messages = [message('1'), message('2')];
    expect(await send(server.url, messages)).toEqual({
      1: { kind: 'accepted', response: '204 No Content', refused: [] },
      2: { kind: 'accepted', response: '204 No Content', refused: [] },
    });
    expect(server.caught.map(({ body }) => body)).toEqual(messages.map(({ body }) => body));
    for (const request of server.caught) {
      expect(request).toMatchObject({ method: 'POST', path: '/hook?team=7' });
      expect(request.headers['content-type']).toBe('application/json');
      expect(isSigned(request, SECRET)).toBe(true);
      expect(isSigned({ ...request, body: `${request.body} ` }, SECRET)).toBe(false);
    }
    expect(server.caught.map(({ headers }) => headers['webhook-id'])).toEqual(['msg_1', 'msg_2']);
  });

  it('tells what other answers say, follows no redirect, and goes on with the next message', async () => {
    const server = await catcher();
    const answers = [
      { status: 500, text: 'out of\norder' },
      { status: 302 },
      { status: 401, text: 'x'.repeat(5000) },
      { status: 200, text: 'thanks' },
    ];
    server.answer = () => answers.shift() ?? null;
    const messages = ['1', '2', '3', '4'].map(message);
    expect(await send(server.url, messages)).toEqual({
      1: { kind: 'deferred', message: '500 Internal Server Error: out of order' },
      2: { kind: 'deferred', message: '302 Found (redirects are not followed)' },
      3: { kind: 'deferred', message: `401 Unauthorized: ${'x'.repeat(200)}` },
      4: { kind: 'accepted', response: '200 OK: thanks', refused: [] },
    });
    expect(server.caught).toHaveLength(4);
  });

  it('stops at a receiver that says 410', async () => {
    const server = await catcher();
    server.answer = () => ({ status: 410 });
    expect(await send(server.url, [message('1'), message('2')])).toEqual({
      1: { kind: 'gone', message: '410 Gone (nothing more is sent to it)' },
    });
    expect(server.caught).toHaveLength(1);
  });

  it('gives up on a receiver that does not answer in time, that cuts the line, that is not there', async () => {
    const mute = await catcher();
    mute.answer = () => null;
    const cutting = await RawServer.listen((socket) => void socket.destroy());
    open.push(cutting);
    const absent = await WebhookCatcher.listen();
    await absent.close();
    const messages = [message('1'), message('2')];
    expect(await send(mute.url, messages, { stepTimeoutMs: 150 })).toEqual({
      1: { kind: 'unreachable', message: 'no answer within 150 ms' },
    });
    expect(await send(cutting.transport.replace('smtp', 'http'), messages)).toEqual({
      1: { kind: 'unreachable', message: expect.any(String) },
    });
    expect(await send(absent.url, messages)).toEqual({
      1: { kind: 'unreachable', message: expect.stringContaining('ECONNREFUSED') },
    });
  });

  it('speaks TLS, and takes no certificate that nobody it trusts has signed', async () => {
    const folder = await makeCertificate();
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) =>
      readFileSync(join(folder, name), 'utf8'),
    );
    const server = await catcher({ key: key ?? '', cert: cert ?? '' });
    expect(await send(server.url, [message('1')])).toEqual({
      1: { kind: 'unreachable', message: expect.stringMatching(/self-signed|certificate/) },
    });
    expect(server.caught).toEqual([]);
  });
});
