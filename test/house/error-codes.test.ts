import { readFileSync } from 'node:fs';
import { ERROR_CODES } from '../../lib/errors.ts';
import { listSources } from './list-sources.ts';

// Users branch on these. A code is added here by hand and never taken away without a major version.
const PINNED = [
  'ERR_INTERNAL',
  'ERR_ARGUMENT',
  'ERR_IPC_TIMEOUT',
  'ERR_IPC_CLOSED',
  'ERR_IPC_ABORTED',
  'ERR_IPC_DESTROYED',
  'ERR_IPC_SEND',
  'ERR_IPC_VALUE',
  'ERR_IPC_MANAGED',
  'ERR_CONFIG_INVALID',
  'ERR_CONFIG_READ',
  'ERR_ENTRY_NOT_FOUND',
  'ERR_STATE_DIRECTORY',
  'ERR_USAGE',
  'ERR_SESSION_RUNNING',
  'ERR_SESSION_NOT_RUNNING',
  'ERR_SESSION_LAUNCHED',
  'ERR_SESSION_ENDED',
  'ERR_WRONG_PROCESS',
  'ERR_WORKER_EXISTS',
  'ERR_CHILD_START_TIMEOUT',
  'ERR_CHILD_HUNG',
  'ERR_CHILD_UNHEALTHY',
  'ERR_CHILD_DIED',
  'ERR_CHILD_SPAWN',
  'ERR_RELOAD_FAILED',
  'ERR_RELOAD_IN_PROGRESS',
  'ERR_RELOAD_REFUSED',
  'ERR_TAKE_OVER_REFUSED',
  'ERR_TAKE_OVER_FAILED',
  'ERR_PROBE_FAILED',
  'ERR_EXEC_FAILED',
  'ERR_COMMAND_UNKNOWN',
  'ERR_COMMAND_ARGUMENT',
  'ERR_COMMAND_FAILED',
  'ERR_COMMAND_TIMEOUT',
  'ERR_MAIL_FAILED',
  'ERR_MAIL_NOT_CONFIGURED',
  'ERR_MAIL_SPOOL',
  'ERR_WEBHOOK_FAILED',
  'ERR_WEBHOOK_SPOOL',
  'ERR_REPORT_STORE',
  'ERR_REPORT_NOT_FOUND',
  'ERR_FILE_WRITE',
  'ERR_CONTROL',
  'ERR_CONTROL_REQUEST',
  'ERR_CONTROL_BUSY',
  'ERR_CONTROL_KEY',
  'ERR_CONTROL_LIMIT',
  'ERR_CONTROL_HOST',
  'ERR_CONTROL_ORIGIN',
  'ERR_CONTROL_PORT',
  'ERR_SPAWNER_PORT',
  'ERR_STREAM_PORT',
  'ERR_JOBS_PORT',
  'ERR_LWES_DECODE',
  'ERR_LWES_ENCODE',
  'ERR_LWES_SOCKET',
  'ERR_LWES_JOURNAL',
  'ERR_FLEET_MESSAGE',
  'ERR_FLEET_AWAY',
  'ERR_FLEET_TIMEOUT',
  'ERR_FLEET_BUSY',
  'ERR_FLEET_PORT',
  'ERR_FLEET_REFUSED',
  'ERR_FLEET_NO_MASTER',
  'ERR_FLEET_COMMAND',
  'ERR_FLEET_RUNNING',
  'ERR_FLEET_STARTED',
  'ERR_FLEET_STOPPED',
  'ERR_FLEET_DEADLINE',
  'ERR_FLEET_COMPONENT',
  'ERR_FLEET_MODULE',
  'ERR_FLEET_HOST_SSH',
  'ERR_FLEET_HOST_KEY',
  'ERR_FLEET_HOST_DENIED',
  'ERR_FLEET_HOST_UNREACHABLE',
  'ERR_FLEET_HOST_NODE',
  'ERR_FLEET_HOST_AGENT',
  'ERR_FLEET_HOST_UNFIT',
  'ERR_FLEET_HOST_FENCED',
  'ERR_ESF',
  'ERR_BROKER_URL',
  'ERR_BROKER_AWAY',
  'ERR_BROKER_CLOSED',
  'ERR_BROKER_FULL',
  'ERR_BROKER_STORE',
  'ERR_BROKER_LOCKED',
  'ERR_JOBS_HANDLERS',
  'ERR_PEER_MISSING',
];

describe('ERROR_CODES', () => {
  it('holds exactly the codes users may branch on', () => {
    expect(Object.keys(ERROR_CODES).sort()).toEqual([...PINNED].sort());
  });

  it('names every code ERR_<AREA>_<WHAT> and says when it is raised', () => {
    for (const [code, when] of Object.entries(ERROR_CODES)) {
      expect(code).toMatch(/^ERR(_[A-Z0-9]+)+$/);
      expect(when).not.toBe('');
    }
  });

  it('holds no code that nothing raises', () => {
    const text = listSources('lib')
      .filter((file) => file !== 'lib/errors.ts')
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const unused = Object.keys(ERROR_CODES).filter((code) => !text.includes(`'${code}'`));
    expect(unused).toEqual([]);
  });
});
