import { systemClock } from '../../../util/clock.ts';
import { AgentSession } from './agent-session.ts';
import { endAgent } from './ending.ts';

/** Called on the host by the program that has checked this one. @param rest - what it has read of the input too far */
export function runAgent(rest: Buffer): void {
  const { stdin: input, stdout: output } = process;
  const session = new AgentSession({ clock: systemClock, input, output, rest });
  void session.ended.then(endAgent);
  session.open();
}
