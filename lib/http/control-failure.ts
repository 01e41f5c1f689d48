/** An error answer of the control API. */
export interface ControlFailure {
  readonly status: 400 | 404 | 409 | 413 | 500 | 502 | 503;
  readonly body: { readonly error: { readonly code: string; readonly message: string } };
}

const STATUS_OF_CODE: Readonly<Record<string, ControlFailure['status']>> = {
  ERR_ARGUMENT: 400,
  ERR_CONFIG_INVALID: 400,
  ERR_COMMAND_ARGUMENT: 400,
  ERR_COMMAND_UNKNOWN: 400,
  ERR_CONTROL_REQUEST: 400,
  ERR_REPORT_NOT_FOUND: 404,
  ERR_SESSION_ENDED: 409,
  ERR_RELOAD_IN_PROGRESS: 409,
  ERR_RELOAD_REFUSED: 409,
  ERR_TAKE_OVER_REFUSED: 409,
  // Told of a session by a server that stands before it.
  ERR_CONTROL: 502,
  ERR_SESSION_NOT_RUNNING: 502,
  ERR_CONTROL_BUSY: 503,
};

export function createControlFailure(
  reason: unknown,
  status?: ControlFailure['status'],
): ControlFailure {
  const { code, message } = (reason ?? {}) as { code?: unknown; message?: unknown };
  const knownCode = typeof code === 'string' ? code : 'ERR_INTERNAL';
  return {
    status: status ?? STATUS_OF_CODE[knownCode] ?? 500,
    body: {
      error: { code: knownCode, message: typeof message === 'string' ? message : String(reason) },
    },
  };
}
