import type { SessionStatus } from '../session/monitor/session-status.ts';
import { formatStatus } from '../session/monitor/status-text.ts';
import { chooseSession } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { toPrintable } from './output.ts';
import { connectSession } from './session-connection.ts';
import { JSON_FLAG, SESSION_FLAGS } from './session-flags.ts';
import type { Verb, VerbCall } from './verb.ts';

/** `vigil status`. @lazy */
export const statusVerb: Verb = {
  name: 'status',
  describe: 'shows how the server is',
  flags: [...SESSION_FLAGS, JSON_FLAG],
  async run(call) {
    const { status } = await connectSession(chooseSession(call), call.clock);
    if (call.arguments.isOn('json')) call.output.printJson(status);
    else call.output.print(describe(clean(status), call));
    return EXIT.ok;
  },
};

function describe(status: SessionStatus, { clock, output }: VerbCall): string {
  return formatStatus(status, {
    now: clock.wallTime(),
    paint: (text, color) => output.paint(text, color),
  });
}

/** The status without what a terminal would act upon: colours of ours come later. */
function clean(status: SessionStatus): SessionStatus {
  const replace = (_key: string, value: unknown): unknown =>
    typeof value === 'string' ? toPrintable(value) : value;
  return JSON.parse(JSON.stringify(status), replace) as SessionStatus;
}
