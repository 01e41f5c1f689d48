import type { CommandTable } from '../../console/command-table.ts';
import type { EndingOrder } from './ending.ts';
import type { LogLevel } from './main-log.ts';
import type { LiveOptions } from './monitor-context.ts';
import type { OutputDrops } from './server-log.ts';
import type { SessionJournal } from './session-journal.ts';
import type { SessionMask } from './session-mask.ts';
import type { SessionServices } from './session-services.ts';
import type { SessionStatus } from './session-status.ts';
import type { SessionSupervisor } from './session-supervisor.ts';

/** A session as those see it who operate it: the console, the control socket, the user's own code. */
export interface OperatedSession {
  readonly live: LiveOptions;
  readonly supervisor: SessionSupervisor;
  readonly journal: SessionJournal;
  readonly services: SessionServices;
  readonly commands: CommandTable;
  readonly status: SessionStatus;
  readonly outputDrops: OutputDrops;
  end(order: EndingOrder): void;
  /** Sets one key of the configuration until the session ends. @throws ERR_CONFIG_INVALID */
  set(path: string, value: unknown, immediate?: boolean): void;
  readonly mask: SessionMask;
  log(level: LogLevel, message: string): void;
}
