import type { Field, TextField } from '../../config/field.ts';
import { flag, group, integer, offUnlessGiven, seconds } from '../../config/field-makers.ts';

const HOST = String.raw`([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])`;
const PORT = String.raw`(6553[0-5]|655[0-2]\d|65[0-4]\d{2}|6[0-4]\d{3}|[1-5]\d{4}|[1-9]\d{0,3})`;

/** `mail`: who hears of a crash. */
export function mailField(): Field {
  return offUnlessGiven(
    group(
      'Who hears of a crash by mail.',
      {
        to: {
          kind: 'list',
          item: address('An address.'),
          orSingle: true,
          minLength: 1,
          maxLength: 100,
          description: 'Recipients.',
        },
        from: { ...address('Sender.'), defaultText: '`vigil@` and the name of the machine' },
        transport: {
          kind: 'either',
          secret: true,
          text: {
            kind: 'text',
            expected: 'an address like "smtp://user:password@host:587" or "smtps://…"',
            pattern: /^smtps?:\/\/[^\s/]\S*$/,
            isUrl: true,
            secret: true,
            description: 'Address of the mail server.',
          },
          free: {
            kind: 'free',
            expected: 'an object with options of nodemailer',
            description: 'Options of nodemailer.',
          },
          description:
            'The mail server: `smtp://…`, `smtps://…` or the options object of nodemailer.',
        },
        digestSeconds: seconds('Time over which alike crashes are gathered into one mail.', {
          mayBeZero: true,
        }),
        perHour: integer(
          'Most mails an hour; "gave up" and "recovered" are not counted.',
          0,
          10_000,
        ),
        sendSessionKey: flag('Send the session key in a mail of its own when the session starts.'),
      },
      { required: ['to', 'transport'] },
    ),
  );
}

/** `webhook`: a signed request for what would be mailed. */
export function webhookField(): Field {
  return offUnlessGiven(
    group(
      'A request for each message, signed with the Standard Webhooks headers.',
      {
        url: {
          kind: 'text',
          expected: 'an address like "https://host/path"',
          pattern: /^https?:\/\/[^\s/]\S*$/,
          isUrl: true,
          description: 'Where the request goes.',
        },
        secret: {
          kind: 'text',
          expected: 'a text that is not empty',
          pattern: /^[\s\S]/,
          secret: true,
          description: 'The key of the signature: `whsec_` and base64, or any other text.',
        },
        digestSeconds: seconds('Time over which alike crashes are gathered into one request.', {
          mayBeZero: true,
        }),
        perHour: integer(
          'Most requests an hour; "gave up" and "recovered" are not counted.',
          0,
          10_000,
        ),
      },
      { required: ['url', 'secret'] },
    ),
  );
}

/** `control`: the door for operators over HTTP. */
export function controlField(): Field {
  const host: TextField = {
    kind: 'text',
    expected: 'a host name or an address',
    pattern: /^[A-Za-z0-9._:%-]{1,255}$/,
    description: 'The address to listen on.',
  };
  return group('Control from outside.', {
    http: offUnlessGiven(
      group(
        'Dashboard, metrics and control API, with the session key as bearer token.',
        {
          port: integer('The port to listen on, 0 for any free one.', 0, 65_535),
          host,
          readOnly: flag('Open what only reads without the session key.'),
        },
        { required: ['port'] },
      ),
    ),
  });
}

/** `telemetry`: the session's events as LWES datagrams. */
export function telemetryField(): Field {
  return offUnlessGiven(
    group(
      "The session's events as LWES datagrams.",
      {
        lwes: {
          kind: 'text',
          expected: 'host:port',
          pattern: new RegExp(`^${HOST}:${PORT}$`),
          description: 'The receiver, such as `224.1.1.11:12345`.',
        },
      },
      { required: ['lwes'] },
    ),
  );
}

function address(description: string): TextField {
  return {
    kind: 'text',
    expected: 'a mail address',
    pattern: /^[^@\r\n]*[^\s@]@[^\s@]+$/,
    maxLength: 320,
    description,
  };
}
