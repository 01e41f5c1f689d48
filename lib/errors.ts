/**
 * An error of Vigil's own: it carries a stable `code` to branch on; its text is for people and may change.
 *
 * @see docs/reference/errors.md - every code, when it is raised and what to do
 */
export class VigilError extends Error {
  /** Stable identifier, `ERR_<AREA>_<WHAT>`. */
  readonly code: VigilErrorCode;

  constructor(code: VigilErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'VigilError';
    this.code = code;
  }
}

export type VigilErrorCode = keyof typeof ERROR_CODES;

/** Every code Vigil raises, with when it is raised. The reference page is made from this table. */
export const ERROR_CODES = {
  ERR_INTERNAL: 'a state machine was asked for a step that cannot happen; a defect in Vigil',
  ERR_ARGUMENT: 'a programming error: an argument has the wrong type or range',
  ERR_IPC_TIMEOUT: 'the other process did not answer a request within its deadline',
  ERR_IPC_CLOSED: 'the other process died or disconnected before it answered',
  ERR_IPC_ABORTED: 'the abort signal of a request fired before the answer came',
  ERR_IPC_DESTROYED:
    'the IPC manager was destroyed while the request was pending, or used afterwards',
  ERR_IPC_SEND: 'the message could not be written to the channel',
  ERR_IPC_VALUE: 'a message holds a value that cannot be sent, such as a function',
  ERR_IPC_MANAGED: 'the channel already has a manager',
  ERR_CONFIG_INVALID: 'the configuration has problems; nothing was started',
  ERR_CONFIG_READ: 'the configuration file cannot be read',
  ERR_ENTRY_NOT_FOUND: 'the entry file does not exist or cannot be read',
  ERR_STATE_DIRECTORY: 'the state directory cannot be made or written',
  ERR_USAGE: 'a command was called with flags or arguments it does not have',
  ERR_SESSION_RUNNING: 'another monitor already runs this session',
  ERR_SESSION_NOT_RUNNING: 'no monitor of this session answers on its control socket',
  ERR_SESSION_LAUNCHED: 'launch was called a second time',
  ERR_SESSION_ENDED: 'the session is ending or has ended',
  ERR_WRONG_PROCESS: 'the other process holds what was asked for (monitor or server side)',
  ERR_WORKER_EXISTS: 'a second ServerWorker was created in one process',
  ERR_CHILD_START_TIMEOUT: 'the server was not ready within its startup deadline',
  ERR_CHILD_HUNG: 'the server sent no heartbeat for longer than allowed',
  ERR_CHILD_UNHEALTHY: 'the health route failed more often than tolerated',
  ERR_CHILD_DIED: 'the server process ended unexpectedly',
  ERR_CHILD_SPAWN: 'the operating system refused to start the process',
  ERR_RELOAD_IN_PROGRESS: 'a reload was asked for while one is running',
  ERR_RELOAD_FAILED: 'the new server process of a reload did not become ready; the old one stays',
  ERR_RELOAD_REFUSED: 'a reload was asked for while no server process is running',
  ERR_TAKE_OVER_REFUSED: 'the monitor that runs the session cannot hand it over; it goes on',
  ERR_TAKE_OVER_FAILED: 'a new monitor could not take the session over; the old one goes on',
  ERR_PROBE_FAILED: 'the health route gave no good answer',
  ERR_COMMAND_UNKNOWN: 'the console does not know the command',
  ERR_COMMAND_ARGUMENT: 'a console command was called with arguments that do not fit',
  ERR_COMMAND_FAILED:
    'the action of a console command threw or rejected with an error that has no code',
  ERR_COMMAND_TIMEOUT:
    'the action of a console command did not end within its deadline; it may still be at work',
  ERR_EXEC_FAILED: 'a command run by the monitor could not be started or failed',
  ERR_MAIL_FAILED: 'the mail server did not take the mail',
  ERR_MAIL_NOT_CONFIGURED:
    'a test alert was asked for, but the configuration has neither "mail" nor "webhook"',
  ERR_MAIL_SPOOL: 'a mail could not be kept on disk; it waits in memory',
  ERR_WEBHOOK_FAILED: 'the receiver of the webhook did not take the request',
  ERR_WEBHOOK_SPOOL: 'a webhook request could not be kept on disk; it waits in memory',
  ERR_REPORT_STORE: 'crash reports cannot be read from or written to their directory',
  ERR_REPORT_NOT_FOUND: 'no crash report, or more than one, begins with the id that was given',
  ERR_FILE_WRITE: 'a file of the project, such as package.json, cannot be written',
  ERR_CONTROL: 'the control socket answered with an error',
  ERR_CONTROL_REQUEST:
    'a request to the control socket is malformed, too large or asks for what does not exist',
  ERR_CONTROL_BUSY: 'as many clients follow events over the control API as are allowed',
  ERR_CONTROL_KEY: 'a request to the control API came without the session key, or with a wrong one',
  ERR_CONTROL_LIMIT: 'too many wrong session keys came before this request',
  ERR_CONTROL_HOST:
    'a request to the control API named another host than this one, as after DNS rebinding',
  ERR_CONTROL_ORIGIN: 'a page of another site sent a request to the control API',
  ERR_CONTROL_PORT: 'the port of control.http cannot be had; the session runs without it',
  ERR_BROKER_URL: 'the URL of a broker of jobs cannot be read',
  ERR_BROKER_AWAY: 'the broker of jobs cannot be reached; what was being sent may have arrived',
  ERR_BROKER_CLOSED: 'the broker of jobs was closed',
  ERR_BROKER_FULL: 'the broker of jobs keeps as much as it is allowed to; nothing was kept',
  ERR_BROKER_STORE:
    'the broker of jobs cannot write its directory, as when the disk is full; nothing was kept',
  ERR_BROKER_LOCKED: 'another process has the directory of the broker of jobs',
  ERR_JOBS_HANDLERS: 'a module of handlers of jobs cannot be used as it is',
  ERR_PEER_MISSING: 'a feature needs a package that is not installed; the text names it',
  ERR_SPAWNER_PORT: 'the port of a spawner cannot be had, or its certificate not be read',
  ERR_STREAM_PORT: 'the port of a stream server cannot be had',
  ERR_JOBS_PORT: 'the port of a gateway of jobs cannot be had',
  ERR_LWES_DECODE: 'bytes that were given to be read as an LWES event are none',
  ERR_LWES_ENCODE: 'an event cannot be written as LWES: a name, type or value does not fit',
  ERR_LWES_SOCKET: 'the operating system refused a socket of LWES events, or to send on it',
  ERR_LWES_JOURNAL: 'a journal of LWES events is cut or damaged, or cannot be read or written',
  ERR_FLEET_MESSAGE:
    'bytes or a message of the protocol of fleets are none, or cannot be written; the connection ends',
  ERR_FLEET_AWAY: 'who was asked over the protocol of fleets is not connected, or went first',
  ERR_FLEET_TIMEOUT: 'who was asked over the protocol of fleets did not answer in time',
  ERR_FLEET_BUSY: 'too many requests of a fleet wait for answers; this one was not sent',
  ERR_FLEET_PORT: 'the port of the master of a fleet cannot be had, or its certificate not be read',
  ERR_FLEET_REFUSED: 'the master of a fleet refused a server or a client; the text says why',
  ERR_FLEET_NO_MASTER: 'no master of a fleet answers at that address',
  ERR_FLEET_COMMAND: 'the master of a fleet could not do what was asked; the text says why',
  ERR_FLEET_RUNNING: 'another master already runs this fleet; the text names its pid',
  ERR_FLEET_STARTED:
    'an application of a fleet was started, or added to, a second time or too late',
  ERR_FLEET_STOPPED: 'an application of a fleet was stopped while it started',
  ERR_FLEET_DEADLINE: 'a component, hook or admin module of a fleet did not end in time',
  ERR_FLEET_COMPONENT: 'a component or lifecycle hook of a fleet failed; the text names it',
  ERR_FLEET_MODULE: 'an admin module of a fleet is wrong or could not start; the text names it',
  ERR_FLEET_HOST_SSH:
    'the ssh client cannot be started, or its channel to a host of a fleet ended in a way that is not known',
  ERR_FLEET_HOST_KEY:
    'the key of a host of a fleet is not known, or is not the one that is known; nothing was sent to it',
  ERR_FLEET_HOST_DENIED:
    'a host of a fleet does not let this user in without a password or passphrase',
  ERR_FLEET_HOST_UNREACHABLE:
    'a host of a fleet cannot be reached, or does not answer any more; its servers may run on',
  ERR_FLEET_HOST_NODE: 'a host of a fleet has no Node that is new enough',
  ERR_FLEET_HOST_AGENT:
    'the agent of a host of a fleet could not be put there or did not do its work',
  ERR_FLEET_HOST_UNFIT:
    'a host of a fleet lacks something that servers need, such as disk, a port or the application',
  ERR_FLEET_HOST_FENCED:
    'a host of a fleet refused an order: another master has its servers, or a later claim was made',
  ERR_ESF: 'an event specification has an error; the text says file, line and column',
} as const satisfies Record<string, string>;
