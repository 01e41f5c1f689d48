import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { findFreePort } from '../support/free-port.mjs';
import { pairRounds, summarize } from '../support/statistics.mjs';
import { takeTurns } from '../support/take-turns.mjs';
import { PROGRAMS, useSpawner } from './spawners.mjs';

const BARE = '`child_process.spawn`';
const COLD = 'spawner';
const WARM = 'spawner with a warm spare';

/** From the wish for a server to the word that it is ready. */
export async function measureSpawnTimes({ workplace, rounds, say }) {
  const project = workplace.createProject(PROGRAMS);
  const times = await useSpawner({ workplace }, (cold) =>
    useSpawner({ workplace, warm: 1 }, (warm) => {
      const contenders = [
        { name: BARE, measure: () => timeBare(project, workplace.mark) },
        { name: COLD, measure: () => timeSpawn(cold) },
        { name: WARM, measure: () => warm.awaitSpare().then(() => timeSpawn(warm)) },
      ];
      return takeTurns(contenders, rounds, async ({ measure }) => {
        const took = await measure();
        say();
        return took;
      });
    }),
  );
  const more = (name) => pairRounds(times.get(name), times.get(BARE), (one, other) => one - other);
  return {
    title: 'A server on demand',
    about:
      'From the call of `child_process.spawn` until the program has said over HTTP that it is ready; beside it the same program asked for by `POST /spawn`, until the answer is there.',
    head: ['', 'ms', 'quartiles', 'more than bare', 'quartiles'],
    rows: [...times].map(([name, values]) => [
      name,
      ...show(values),
      ...(name === BARE ? ['', ''] : show(more(name))),
    ]),
    goals: [
      {
        what: 'A server on demand: more than a bare spawn',
        measured: summarize(more(COLD)).median,
        atMost: 15,
        unit: 'ms',
      },
      {
        what: 'A server on demand, with a warm spare',
        measured: summarize(times.get(WARM)).median,
        atMost: 5,
        unit: 'ms',
      },
    ],
  };
}

async function timeSpawn(client) {
  const startedAt = performance.now();
  const { id } = await client.spawn();
  const took = performance.now() - startedAt;
  await client.end(id);
  return took;
}

/** What one would write without a spawner. */
async function timeBare(project, { name, value }) {
  const told = createServer().listen(0, '127.0.0.1');
  await once(told, 'listening');
  const base = `http://127.0.0.1:${told.address().port}/liveliness`;
  const args = ['on-demand.cjs', 'bare', String(await findFreePort()), base];
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: project,
    env: { ...process.env, [name]: value },
    stdio: 'ignore',
  });
  const [, response] = await Promise.race([once(told, 'request'), failAtExit(child)]);
  const took = performance.now() - startedAt;
  response.end();
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  told.close();
  told.closeAllConnections();
  return took;
}

function failAtExit(child) {
  return once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the program ended before it was ready: ${code ?? signal}`);
  });
}

function show(values) {
  const { median, low, high } = summarize(values);
  return [median.toFixed(1), `${low.toFixed(1)}–${high.toFixed(1)}`];
}
