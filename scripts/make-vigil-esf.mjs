// Writes docs/reference/vigil.esf from what telemetry sends, as it is built.
import { writeFile } from 'node:fs/promises';
import maker from './make-vigil-esf.cjs';
import event from '../dist/session/monitor/telemetry/telemetry-event.js';
import table from '../dist/session/monitor/telemetry/telemetry-fields.js';

const text = maker.writeEsf({
  fields: table.TELEMETRY_FIELDS,
  stamp: table.TELEMETRY_STAMP,
  nameOf: event.telemetryName,
});
await writeFile(new URL('../docs/reference/vigil.esf', import.meta.url), text);
