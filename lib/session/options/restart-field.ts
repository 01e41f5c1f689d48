import type { Field } from '../../config/field.ts';
import { group, integer, seconds } from '../../config/field-makers.ts';

/** `restart`: whether and when a server that died is started again. */
export function restartField(): Field {
  return group(
    'Whether and when a server that died is started again.',
    {
      policy: {
        kind: 'choice',
        values: ['permanent', 'transient', 'temporary'],
        description:
          '`permanent` always, `transient` unless it ended with exit code 0, `temporary` never.',
      },
      stopOn: {
        kind: 'list',
        item: integer('An exit code.', 0, 255),
        maxLength: 256,
        description: 'Exit codes that mean "do not restart me".',
      },
      backoff: backoffField(),
      breaker: breakerField(),
    },
    { live: true },
  );
}

function backoffField(): Field {
  return group('Waiting before a restart; the first one after a stable run is immediate.', {
    baseSeconds: seconds('The first wait.', { mayBeZero: true }),
    factor: {
      kind: 'number',
      min: 1,
      max: 100,
      description: 'Each further wait is so many times longer.',
    },
    maxSeconds: seconds('The longest wait.', { mayBeZero: true }),
    jitter: {
      kind: 'number',
      min: 0,
      max: 1,
      description: 'Share of the wait it may deviate by, at random.',
    },
  });
}

function breakerField(): Field {
  return group('Stops restarting a server that keeps dying.', {
    failures: {
      kind: 'number',
      min: 0,
      max: 1_000_000,
      description: 'The breaker opens when the failure score exceeds it.',
    },
    halfLifeSeconds: seconds('Time in which the failure score halves.'),
    cooldownSeconds: seconds('While it is open, one trial start per that time.'),
    onOpen: {
      kind: 'choice',
      values: ['retry', 'exit'],
      description: '`retry` keeps trying once per cooldown, `exit` ends the session with code 70.',
    },
  });
}
