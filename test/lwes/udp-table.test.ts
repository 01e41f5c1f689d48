import { parseUdpTable } from '../../lib/lwes/udp-table.ts';

const TABLE = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 1021: 0100007F:23E7 00000000:0000 07 00000000:00000F00 00:00000000 00000000     0        0 12345 2 ffff8881 4294967295
  997: 450000E0:23E7 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 678 2 ffff8882 0
`;

describe('parseUdpTable', () => {
  it('reads the port, the inode, what waits and what was dropped of each socket', () => {
    expect(parseUdpTable(TABLE)).toEqual([
      { port: 9191, inode: '12345', waitingBytes: 3840, drops: 4294967295 },
      { port: 9191, inode: '678', waitingBytes: 0, drops: 0 },
    ]);
  });

  it('leaves out lines that are cut', () => {
    expect(parseUdpTable(`${TABLE}  998: 450000E0:23E7 00000000:0000\n`)).toHaveLength(2);
    expect(parseUdpTable('')).toEqual([]);
  });
});
