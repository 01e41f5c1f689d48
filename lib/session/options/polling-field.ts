import type { Field } from '../../config/field.ts';
import { group, integer, offUnlessGiven, seconds } from '../../config/field-makers.ts';

/** `polling`: how the health route is asked. */
export function pollingField(): Field {
  return {
    kind: 'off',
    allowsNull: false,
    live: true,
    description:
      'How the health route is polled. `false` for servers that speak no HTTP: ready at the first listener, alive by heartbeat alone.',
    on: group('How the health route is polled.', {
      route: {
        kind: 'text',
        expected: 'a path that starts with "/"',
        pattern: /^\/[!-~]*$/,
        description:
          'Health route. When it is not set, any complete answer below 500 on `/` is good; when it is, `expectStatus` decides.',
      },
      intervalSeconds: seconds('The next poll starts this long after the previous one ended.'),
      timeoutSeconds: seconds('A poll without an answer by then is a failure.'),
      failureTolerance: integer(
        'Failures in a row that are tolerated; the next one restarts the server.',
        0,
        1_000_000,
      ),
      window: offUnlessGiven(
        group(
          'Counts failures among the last polls, instead of failures in a row.',
          {
            failures: integer('So many failures restart the server …', 1, 10_000),
            of: integer('… among so many polls.', 1, 10_000),
          },
          { required: ['failures', 'of'] },
        ),
      ),
      expectStatus: {
        kind: 'range',
        item: integer('A status code.', 100, 599),
        description: 'Lowest and highest good status code, when `route` is set.',
      },
      get: { kind: 'function', description: 'Takes the place of the built-in poll.' },
    }),
  };
}
