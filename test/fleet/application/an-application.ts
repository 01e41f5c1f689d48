import { type Application, createApplication } from '../../../lib/fleet/application/application.ts';
import type { Component } from '../../../lib/fleet/application/component.ts';
import type { Role } from '../../../lib/fleet/application/role.ts';
import type { RoleSettings } from '../../../lib/fleet/application/role-settings.ts';
import { parseStartWords } from '../../../lib/fleet/application/start-words.ts';
import { ManualClock } from '../../../lib/util/manual-clock.ts';
import { makeTempDirectory } from '../../support/temp-directory.ts';

export interface AnApplication {
  readonly app: Application;
  readonly clock: ManualClock;
  /** What has happened, in order. */
  readonly calls: string[];
  readonly warnings: string[];
  /** With what it ended its process. */
  readonly ends: number[];
  readonly role: { settings: RoleSettings | null };
  readonly signal: (name: string) => void;
}

interface Around {
  readonly words?: readonly string[];
  readonly nodeEnv?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly role?: (calls: string[]) => Partial<Role>;
}

const SERVER = ['env=development', 'id=chat-1', 'serverType=chat', 'host=127.0.0.1', 'port=6050'];

/** An application of a server on a clock that stands still, in a process that only notes what would be done to it. */
export async function makeApplication(around: Around = {}): Promise<AnApplication> {
  const base = await makeTempDirectory(around.files);
  const clock = new ManualClock();
  const calls: string[] = [];
  const warnings: string[] = [];
  const ends: number[] = [];
  const role: AnApplication['role'] = { settings: null };
  let onSignal: (name: string) => void = () => undefined;
  const app = createApplication(
    {
      clock,
      words: parseStartWords(around.words ?? SERVER),
      hiddenWords: {},
      nodeEnv: around.nodeEnv,
      main: `${base}/app.js`,
      nodeArgs: [],
      createRole: (settings) => {
        role.settings = settings;
        return { ...noteRole(calls), ...around.role?.(calls) };
      },
      log: (line) => void calls.push(line.replace(/^vigil: /, '').replace(/ in .*/, '')),
      warn: (line) => void warnings.push(line.replace(/^vigil: /, '')),
      end: (code) => void ends.push(code),
      onEndSignal: (listener) => {
        onSignal = listener;
      },
    },
    {},
  );
  return {
    app,
    clock,
    calls,
    warnings,
    ends,
    role,
    signal: (name) => {
      onSignal(name);
    },
  };
}

function noteRole(calls: string[]): Role {
  const note = (what: string) => (): Promise<void> => {
    calls.push(`role ${what}`);
    return Promise.resolve();
  };
  return {
    start: note('start'),
    afterStart: note('afterStart'),
    started: () => void calls.push('role started'),
    beforeStop: note('beforeStop'),
    afterStop: note('afterStop'),
  };
}

/** A component that notes each of its calls, with the state of its application. */
export function noteComponent(name: string, { app, calls }: AnApplication): Component {
  const note = (what: string): void => void calls.push(`${name} ${what} ${app.state}`);
  return {
    name,
    beforeStart(done) {
      note('beforeStart');
      done();
    },
    async start() {
      note('start');
      await Promise.resolve();
    },
    afterStart(done) {
      note('afterStart');
      done();
    },
    afterStartAll() {
      note('afterStartAll');
    },
    stop(force, done) {
      note(`stop(${String(force)})`);
      done();
    },
  };
}
