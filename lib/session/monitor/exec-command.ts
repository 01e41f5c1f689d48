import { exec } from 'node:child_process';
import { VigilError } from '../../errors.ts';

export interface ExecOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the command after this many milliseconds; default none. */
  readonly timeoutMs?: number;
  /** Show what it prints in the monitor's log; default true. */
  readonly showOutput?: boolean;
}

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
}

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * Runs a shell command in the monitor's process.
 *
 * @throws ERR_EXEC_FAILED when it cannot be started or does not end with exit code 0
 */
export function runCommand(command: string, options: ExecOptions): Promise<ExecResult> {
  const { cwd, env = process.env, timeoutMs = 0 } = options;
  return new Promise((resolve, reject) => {
    const settings = {
      env,
      timeout: timeoutMs,
      maxBuffer: MAX_OUTPUT_BYTES,
      encoding: 'utf8' as const,
    };
    exec(command, cwd === undefined ? settings : { ...settings, cwd }, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr });
      else reject(describeFailure(command, error, stderr));
    });
  });
}

function describeFailure(command: string, cause: Error, stderr: string): VigilError {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return new VigilError('ERR_EXEC_FAILED', `"${command}" failed${said === '' ? '' : `: ${said}`}`, {
    cause,
  });
}
