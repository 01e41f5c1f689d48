import { createHmac } from 'node:crypto';
import { signWebhook } from '../../lib/notify/sign-webhook.ts';

const PARTS = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
};

function hmac(key: Buffer | string): string {
  const signed = `${PARTS.id}.${String(PARTS.timestamp)}.${PARTS.body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

describe('signWebhook', () => {
  it('signs as the published example of Standard Webhooks does', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    expect(signWebhook(secret, PARTS)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it.each(['a plain word', 'whsec_', 'whsec_not base64!', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])(
    'takes the secret "%s" as its bytes',
    (secret) => {
      expect(signWebhook(secret, PARTS)).toBe(hmac(secret));
    },
  );
});
