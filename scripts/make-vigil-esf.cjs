'use strict';

const HEAD = `# The events a session sends with "telemetry", as an event specification of LWES.
# Made by scripts/make-vigil-esf.mjs from what is sent; not edited by hand.

# In every event whose name begins with Vigil::; receivers add the last three to all.
`;

const RECEIVED = [
  ['enc', 'int16', '1: strings are UTF-8'],
  ['ReceiptTime', 'int64', 'milliseconds since 1970'],
  ['SenderIP', 'ip_addr', 'who sent it'],
  ['SenderPort', 'uint16', 'from which port'],
];

const BEAT = [
  ['freq', 'int16', 'seconds since the last one'],
  ['seq', 'int64', '1, 2, …'],
  ['count', 'int64', 'events since the last one'],
  ['total', 'int64', 'events since the start'],
];

const SYSTEM = [
  ['System::Startup', 'Telemetry begins.', []],
  ['System::Heartbeat', 'Twice a minute.', BEAT],
  ['System::Shutdown', 'Telemetry ends.', BEAT],
];

/** The event specification of what telemetry sends. */
function writeEsf({ fields, stamp, nameOf }) {
  const given = ([name, type, about]) => line(name, { type, about, isOptional: true });
  const meta = [
    ...Object.entries(stamp).map(([name, field]) => line(name, { ...field, isOptional: true })),
    ...RECEIVED.map(given),
  ];
  const system = SYSTEM.map(([name, about, attributes]) =>
    block(
      name,
      about,
      attributes.map(([own, type, text]) => line(own, { type, about: text })),
    ),
  );
  const own = Object.entries(fields).map(([type, table]) =>
    block(nameOf(type), `The event ${type}.`, Object.entries(table).flatMap(lines)),
  );
  return HEAD + [block('MetaEventInfo', '', meta), ...system, ...own].join('\n');
}

function lines([key, fields]) {
  return [fields].flat().map((field) => line(field.name ?? key, field));
}

function line(name, { type, about, isOptional, maxBytes, maxItems }) {
  const scalar = type.replace('[]', '');
  const bytes = maxBytes === undefined ? '' : `(${maxBytes})`;
  const items = type === scalar ? '' : `[${maxItems}]`;
  const modifier = isOptional ? '' : 'required ';
  return `  ${modifier}${scalar} ${name}${bytes}${items}; # ${about}\n`;
}

function block(name, about, attributes) {
  return `${about === '' ? '' : `# ${about}\n`}${name} {\n${attributes.join('')}}\n`;
}

module.exports = { writeEsf };
