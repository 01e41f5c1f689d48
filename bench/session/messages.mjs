import { measureIpc } from '../ipc/ipc-bench.cjs';

/** Messages between the server's process and the monitor, against a hand-written exchange. */
export async function measureMessages({ ipcRounds, quick, say }) {
  const rows = await measureIpc({ rounds: ipcRounds, quick });
  say();
  return {
    title: 'Messages',
    about:
      'Answers a second when a child asks its parent: the manager over json against a hand-written exchange with `process.send`. `n` requests are in flight all the time. Both ends of the manager run over a json channel, as in a session, so json is what it is judged by; what the advanced serialization does with large texts is in the last column.',
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
      measured: row.ratio,
      atLeast: row.inFlight > 1 && row.bytes === 100 ? 1.5 : 0.9,
      unit: '×',
    })),
  };
}

function showRate(rate) {
  return Math.round(rate).toLocaleString('en');
}
