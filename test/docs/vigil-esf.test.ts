import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeEvent } from '../../lib/lwes/decode-event.ts';
import { encodeEvent } from '../../lib/lwes/encode-event.ts';
import { createHeartbeat } from '../../lib/lwes/lwes-heartbeat.ts';
import { measureEsf } from '../../lib/lwes/measure-esf.ts';
import { parseEsf } from '../../lib/lwes/parse-esf.ts';
import { validateEvent } from '../../lib/lwes/validate-event.ts';
import {
  createTelemetryEvent,
  telemetryName,
} from '../../lib/session/monitor/telemetry/telemetry-event.ts';
import {
  TELEMETRY_FIELDS,
  TELEMETRY_STAMP,
} from '../../lib/session/monitor/telemetry/telemetry-fields.ts';
import { TELEMETRY_SAMPLES } from '../session/telemetry-samples.ts';
import { ROOT } from './code-blocks.ts';

interface Maker {
  writeEsf(table: { fields: object; stamp: object; nameOf: (type: string) => string }): string;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- a script, not a module of ours
const maker = require('../../scripts/make-vigil-esf.cjs') as Maker;

describe('docs/reference/vigil.esf', () => {
  const text = readFileSync(join(ROOT, 'docs/reference/vigil.esf'), 'utf8');
  const esf = parseEsf(text, { file: 'vigil.esf' });
  const origin = { session: 'shop', host: 'web1' };

  it('is what telemetry sends (npm run build && node scripts/make-vigil-esf.mjs)', () => {
    const table = { fields: TELEMETRY_FIELDS, stamp: TELEMETRY_STAMP, nameOf: telemetryName };
    expect(maker.writeEsf(table)).toBe(text);
  });

  it('has every event of a session, and those of the emitter', () => {
    const own = [...new Set(TELEMETRY_SAMPLES.map(({ type }) => telemetryName(type)))];
    const system = ['System::Startup', 'System::Heartbeat', 'System::Shutdown'];
    expect([...esf.events.keys()]).toEqual([...system, ...own]);
  });

  it('allows no event that is longer than a datagram', () => {
    expect(measureEsf(esf).filter(({ fits, unlimited }) => !fits || unlimited.length > 0)).toEqual(
      [],
    );
  });

  it.each(TELEMETRY_SAMPLES.map((event) => [event.type, event] as const))(
    'is kept by %s: %j',
    (_type, event) => {
      const received = decodeEvent(encodeEvent(createTelemetryEvent(event, origin)));
      expect(validateEvent(received, esf)).toEqual([]);
    },
  );

  it('is kept by the beats of the emitter', () => {
    for (const name of ['System::Heartbeat', 'System::Shutdown'] as const) {
      const beat = createHeartbeat(name, { sinceMs: 30_000, seq: 1n, count: 2n, total: 3n });
      expect(validateEvent(beat, esf)).toEqual([]);
    }
    expect(validateEvent({ name: 'System::Startup', attributes: [] }, esf)).toEqual([]);
  });
});
