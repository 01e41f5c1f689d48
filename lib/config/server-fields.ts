import type { Field, TextField } from './field.ts';
import { offUnlessGiven } from './field-makers.ts';

/** Keys that servers beside a session have in common. */
export const SCHEMA_FIELD: TextField = {
  kind: 'text',
  expected: 'a text',
  description: 'Where editors find this schema; Vigil ignores it.',
};

export function serverName(description: string): TextField {
  return {
    kind: 'text',
    expected:
      'a name of at most 64 letters, digits, ".", "_" and "-", the first a letter or a digit',
    pattern: /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/,
    description,
  };
}

export function hostName(description: string): TextField {
  return {
    kind: 'text',
    expected: 'a host name or an IP address',
    pattern: /^[A-Za-z0-9_.:%-]{1,255}$/,
    description,
  };
}

export function accessToken(description: string): Field {
  return offUnlessGiven({
    kind: 'text',
    expected: 'at least 8 printable characters without spaces',
    pattern: /^[!-~]{8,}$/,
    secret: true,
    description,
  });
}

export function allowedOrigins(description: string): Field {
  return {
    kind: 'list',
    item: {
      kind: 'text',
      expected: 'an origin such as "https://app.example", or "*"',
      pattern: /^(?:\*|https?:\/\/[^/\s]+)$/,
      description: 'An origin.',
    },
    orSingle: true,
    description,
  };
}
