import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { REMOTE_PROGRAM } from '../../../lib/fleet/hosts/bootstrap.ts';
import { createSshArguments } from '../../../lib/fleet/hosts/ssh-command.ts';
import { classifySshEnd } from '../../../lib/fleet/hosts/ssh-failure.ts';

function argumentsFor(host: string, params: string[] = []): string[] {
  return createSshArguments({ host, params, controlPath: '/s/c 1%', connectSeconds: 10 });
}

describe('createSshArguments', () => {
  it('gives the host after an end of flags, and a program that holds nothing of it', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (host, params) => {
        const words = argumentsFor(host, params);
        expect(words.slice(-3)).toEqual(['--', host, REMOTE_PROGRAM]);
        const at = words.indexOf('-o', 14);
        expect(words.slice(14, 14 + params.length)).toEqual(params);
        expect(at).toBeGreaterThanOrEqual(14);
      }),
    );
  });

  it('lets nobody make ssh ask, and lets the operator say everything else', () => {
    const words = argumentsFor('web1', ['-o', 'BatchMode=no', '-o', 'ServerAliveInterval=60']);
    expect(words.indexOf('BatchMode=yes')).toBeLessThan(words.indexOf('BatchMode=no'));
    expect(words.indexOf('ServerAliveInterval=60')).toBeLessThan(
      words.indexOf('ServerAliveInterval=5'),
    );
    expect(words.join(' ')).not.toMatch(/StrictHostKeyChecking|UserKnownHostsFile/);
    expect(words).toContain('ControlPath="/s/c 1%%"');
  });

  it('runs under every shell of a host, without a character that one of them reads', () => {
    const inner = REMOTE_PROGRAM.slice(REMOTE_PROGRAM.indexOf("'") + 1, -1);
    expect(inner).not.toMatch(/['!\n]/);
    expect(spawnSync('/bin/sh', ['-n'], { input: inner }).status).toBe(0);
  });
});

describe('classifySshEnd', () => {
  const end = { host: 'web1', code: 255, signal: null, stderr: '', stdout: '', spawnError: null };

  it.each([
    ['@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.', 'KEY'],
    ['Host key verification failed.', 'KEY'],
    ['No ED25519 host key is known for web1 and you have requested strict checking.', 'KEY'],
    ['root@web1: Permission denied (publickey,password).', 'DENIED'],
    ['ssh: connect to host web1 port 22: Connection refused', 'UNREACHABLE'],
    ['ssh: Could not resolve hostname web1: Name or service not known', 'UNREACHABLE'],
    ['ssh: connect to host web1 port 22: No route to host', 'UNREACHABLE'],
    ['Timeout, server web1 not responding.', 'UNREACHABLE'],
    ['client_loop: send disconnect: Broken pipe', 'UNREACHABLE'],
    ['command-line: line 0: Bad configuration option: foo', 'SSH'],
  ])('reads %j as %s', (stderr, what) => {
    const error = classifySshEnd({ ...end, stderr });
    expect(error).toMatchObject({ code: `ERR_FLEET_HOST_${what}` });
    expect(error.message).toContain('web1');
  });

  it('names the Node that is too old, and a client that is not there', () => {
    expect(classifySshEnd({ ...end, stdout: 'Hi\nVIGIL-AGENT-NO-NODE v16.1.0\n' }).message).toBe(
      'host web1 has no Node of version 20 or newer where a shell finds it, only v16.1.0',
    );
    const spawnError = Object.assign(new Error('spawn ssh ENOENT'), { code: 'ENOENT' });
    expect(classifySshEnd({ ...end, spawnError }).message).toBe(
      'ssh cannot be started for host web1: there is no ssh client on this machine',
    );
  });

  it('hands no control character of a host on', () => {
    const { message } = classifySshEnd({ ...end, stderr: 'bad \u001b[31mred\u0007\u009b\n' });
    expect(message).toBe('the channel to host web1 ended: ssh ended with 255, "bad  [31mred"');
  });
});
