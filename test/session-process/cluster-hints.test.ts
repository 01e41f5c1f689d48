import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startProgram } from '../launch-process/start-program.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { type Session, runServer } from './run-server.ts';

const SERVE = `.listen(Number(process.env.serverPort), '127.0.0.1');`;

function hintsOf(session: Session): string[] {
  return session.vigil.lines
    .filter((line) => line.includes('serverProcess'))
    .map((line) => line.replace(/^.*warn: /, ''));
}

/** Runs a server of a project with these files to its end. */
async function runProject(
  files: Record<string, string>,
  entry: string,
  set: readonly string[] = [],
): Promise<Session> {
  const folder = await makeTempDirectory(files);
  if (!Object.keys(files).some((name) => name.startsWith('node_modules')))
    await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  const session = await runServer(join(folder, entry), { set, cwd: folder });
  return session;
}

afterEach(async () => {
  await assertNoLeaks();
});

describe('a server that wants to be the primary of a cluster', () => {
  const ONCE = ['restart.policy=temporary'];

  it.each([
    ['cluster.fork', 'server.js', `require('node:cluster').fork();`],
    ['cluster.setupPrimary', 'server.js', `require('cluster').setupPrimary({});`],
    ['cluster.fork', 'server.mjs', `import cluster from 'node:cluster'; cluster.fork();`],
    ['imports from node:cluster', 'server.mjs', `import { fork } from 'node:cluster'; fork();`],
  ])('by %s (in %s) is told of "serverProcess"', async (what, entry, code) => {
    const session = await runProject({ [entry]: code }, entry, ONCE);
    await session.ended();
    expect(hintsOf(session)).toEqual([expect.stringContaining(what)]);
    expect(hintsOf(session)[0]).toContain('"serverProcess": "child"');
  });

  it('but serves when it is not is told once it is ready', async () => {
    const session = await runServer('own-cluster.cjs');
    await session.ready();
    await session.vigil.waitForLine(/cluster\.isPrimary, which is false here: .*"serverProcess"/);
    await session.stop();
    expect(hintsOf(session)).toHaveLength(1);
  });

  it('and is run as a plain child is told nothing', async () => {
    const session = await runServer('own-cluster.cjs', { set: ['serverProcess=child'] });
    await session.ready();
    await session.stop();
    expect(hintsOf(session)).toEqual([]);
  });
});

describe('a server that wants no cluster of its own is told nothing of one', () => {
  it.each(['express', 'fastify'])('although it uses %s', async (library) => {
    const make = library === 'express' ? `require('http').createServer(app)${SERVE}` : '';
    const listen = `app.listen({ port: Number(process.env.serverPort), host: '127.0.0.1' });`;
    const code = `const app = require('${library}')(); ${make === '' ? listen : make}`;
    const session = await runProject({ 'server.js': code }, 'server.js');
    await session.ready();
    await session.stop();
    expect(hintsOf(session)).toEqual([]);
  });

  it('although a library asks for its role, again and again', async () => {
    const library = `
      const cluster = require('node:cluster');
      exports.roles = () => [cluster.isPrimary, cluster.isMaster, typeof cluster.fork];`;
    const code = `
      const { roles } = require('asks');
      for (let times = 0; times < 200; times += 1) roles();
      require('http').createServer((_request, response) => response.end(JSON.stringify(roles())))${SERVE}`;
    const files = { 'server.js': code, 'node_modules/asks/index.js': library };
    const session = await runProject(files, 'server.js');
    await session.ready();
    expect(JSON.parse((await session.get()).body)).toEqual([false, false, 'undefined']);
    await session.stop();
    expect(hintsOf(session)).toEqual([]);
  });

  it('although it asks, where it was made for two processes', async () => {
    const program = await startProgram('asks-role.cjs');
    expect(await program.said('serving')).toBe(false);
    await program.events.waitFor('worker.ready');
    expect(await program.stop()).toBe(0);
    expect(program.child.output.text).not.toContain('serverProcess');
  });
});
