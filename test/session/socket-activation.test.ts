import { takeInheritedSockets } from '../../lib/session/monitor/socket-activation.ts';

describe('takeInheritedSockets', () => {
  it('leaves alone what was passed to another process', () => {
    const environment = { LISTEN_PID: '1', LISTEN_FDS: '1' };
    expect(takeInheritedSockets(environment, {})).toEqual({ offers: [], warnings: [] });
    expect(environment).toEqual({ LISTEN_PID: '1', LISTEN_FDS: '1' });
  });

  it.each(['', 'two', '0', '-1', '1.5', '100000'])(
    'warns of LISTEN_FDS=%j, and takes the variables away all the same',
    (count) => {
      const environment: NodeJS.ProcessEnv = {
        LISTEN_PID: String(process.pid),
        LISTEN_FDS: count,
        LISTEN_FDNAMES: 'server',
        OTHER: 'x',
      };
      const { offers, warnings } = takeInheritedSockets(environment, {});
      expect([offers, warnings]).toEqual([[], [expect.stringContaining('no number of sockets')]]);
      expect(environment).toEqual({ OTHER: 'x' });
    },
  );
});
