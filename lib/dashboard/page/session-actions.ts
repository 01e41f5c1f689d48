import type { Action, Outcome } from './action-desk.ts';

export const RESTART: Action = {
  name: 'Restart',
  path: 'restart',
  busy: 'Restarting …',
  done: (answer) => {
    const { generation } = answer as { generation: number };
    return { isGood: true, text: `Restarted: process number ${generation} serves.` };
  },
};

export const RELOAD: Action = {
  name: 'Reload',
  path: 'reload',
  busy: 'Reloading …',
  done: (answer) => {
    const { ok, reason } = answer as { ok: boolean; reason?: string };
    if (ok) return { isGood: true, text: 'Reloaded: the new process has taken over.' };
    return { isGood: false, text: `Not reloaded: ${reason ?? 'no reason was given'}.` };
  },
};

export const STOP: Action = {
  name: 'Stop',
  path: 'stop',
  busy: 'Stopping …',
  question:
    'The requests in flight are finished, then the session ends. Nobody starts the server again but whoever starts the session, and this page goes with it.',
  done: () => ({ isGood: true, text: 'The session ends.' }),
};

export const TEST_ALERT: Action = {
  name: 'Send a test alert',
  path: 'test-alert',
  busy: 'Sending …',
  done: (answer) => describeAlerts(answer as Record<'mail' | 'webhook', AlertResult | null>),
};

interface AlertResult {
  readonly ok: boolean;
  readonly response?: string;
  readonly error?: { readonly message: string };
}

function describeAlerts(results: Record<'mail' | 'webhook', AlertResult | null>): Outcome {
  const told = (['mail', 'webhook'] as const).flatMap((name) => {
    const result = results[name];
    if (result === null) return [];
    const text = result.ok
      ? `accepted (${result.response ?? ''})`
      : `not accepted: ${result.error?.message ?? ''}`;
    return [{ isGood: result.ok, text: `${name === 'mail' ? 'Mail' : 'Webhook'} ${text}.` }];
  });
  return {
    isGood: told.every(({ isGood }) => isGood),
    text: told.map(({ text }) => text).join(' '),
  };
}
