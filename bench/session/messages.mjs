import { measureIpc } from '../ipc/ipc-bench.cjs';

/** Messages between the server's process and the monitor, against a hand-written exchange. */
export async function measureMessages({ ipcRounds, quick, say }) {
  const rows = await measureIpc({ rounds: ipcRounds, quick });
  say();
  return {
    title: 'Messages',
    about:
      'Answers a second when a child asks its parent: the manager over json against a hand-written exchange with `process.send`. Its target is against the faster of the two serializations; `n` requests are in flight all the time.',
    head: [
      'n',
      'bytes',
      'raw json/s',
      'raw advanced/s',
      'manager/s',
      'lowest–highest',
      'to json',
      'to advanced',
    ],
    rows: rows.map((row) => [
      row.inFlight.toLocaleString('en'),
      row.bytes.toLocaleString('en'),
      ...[row.raw, row.rawAdvanced, row.managed].map(showRate),
      row.managedSpread.map(showRate).join('–'),
      row.ratio.toFixed(2),
      row.ratioToAdvanced.toFixed(2),
    ]),
    goals: rows.map((row) => ({
      what: `Messages, ${row.inFlight.toLocaleString('en')} in flight of ${row.bytes.toLocaleString('en')} bytes`,
      measured: Math.min(row.ratio, row.ratioToAdvanced),
      atLeast: row.inFlight > 1 && row.bytes === 100 ? 1.5 : 0.9,
      unit: '×',
    })),
  };
}

function showRate(rate) {
  return Math.round(rate).toLocaleString('en');
}
