import type { CommandTable } from '../../console/command-table.ts';
import type { ControlPort } from '../../http/control-port.ts';
import type { Clock } from '../../util/clock.ts';
import type { FrontPart } from './http-front.ts';
import type { OperatedSession } from './operated-session.ts';
import type { ReloadTriggers, TriggeredSession } from './reload-triggers.ts';

/** Parts of the monitor that are loaded when they are first used: the start of the server does not wait for them. */

export function loadCommands(session: OperatedSession, clock: Clock): CommandTable {
  const commands = require('./session-commands') as typeof import('./session-commands.ts');
  return commands.createSessionCommands(session, clock);
}

export function loadControl(session: OperatedSession, clock: Clock): ControlPort {
  const adapter = require('./control-adapter') as typeof import('./control-adapter.ts');
  return adapter.createControlAdapter(session, clock);
}

export function loadReloadTriggers(session: TriggeredSession, clock: Clock): ReloadTriggers {
  const { ReloadTriggers } = require('./reload-triggers') as typeof import('./reload-triggers.ts');
  return new ReloadTriggers(session, clock);
}

export function loadFrontParts(session: OperatedSession, clock: Clock): FrontPart[] {
  const parts = require('./front-parts') as typeof import('./front-parts.ts');
  return parts.createFrontParts(session, clock);
}
