import { exitCodeOf } from '../../lib/cli/exit-codes.ts';
import { VigilError, type VigilErrorCode } from '../../lib/errors.ts';

describe('exitCodeOf', () => {
  it.each([
    ['ERR_USAGE', 64],
    ['ERR_CONFIG_READ', 64],
    ['ERR_ENTRY_NOT_FOUND', 64],
    ['ERR_SESSION_NOT_RUNNING', 69],
    ['ERR_SESSION_RUNNING', 73],
    ['ERR_STATE_DIRECTORY', 78],
    ['ERR_CHILD_DIED', 1],
    ['ERR_REPORT_NOT_FOUND', 1],
  ] as const)('of %s is %i', (code, exitCode) => {
    expect(exitCodeOf(new VigilError(code, 'x'))).toBe(exitCode);
  });

  it.each([
    ['ERR_CONFIG_INVALID', 64],
    ['ERR_CHILD_DIED', 1],
    ['ERR_MAIL_NOT_CONFIGURED', 1],
  ] as const)('of a refusal of the monitor with %s is %i', (code: VigilErrorCode, exitCode) => {
    const cause = Object.assign(new Error('x'), { code, status: 400 });
    expect(exitCodeOf(new VigilError('ERR_CONTROL', 'x', { cause }))).toBe(exitCode);
  });

  it('of anything else is 1', () => {
    expect(exitCodeOf(new TypeError('x'))).toBe(1);
    expect(exitCodeOf(undefined)).toBe(1);
  });
});
