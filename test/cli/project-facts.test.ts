import { readProjectFacts } from '../../lib/cli/project-facts.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

function manifest(parts: object): string {
  return JSON.stringify({ name: 'shop', ...parts });
}

describe('readProjectFacts', () => {
  it.each([
    ['of the start script', { scripts: { start: 'node api.js' }, main: 'index.js' }, 'api.js'],
    [
      'behind variables of the start script',
      { scripts: { start: 'NODE_ENV=x node api.js -v' } },
      'api.js',
    ],
    [
      'of main, as the start script is another program',
      { scripts: { start: 'forever api.js' }, main: 'index.js' },
      'index.js',
    ],
    [
      'of the script for production',
      { scripts: { start: 'nodemon index.js', 'start:prod': 'node api.js' } },
      'api.js',
    ],
    ['under a usual name, as main is not there', { main: 'gone.js' }, 'server.js'],
  ])('finds the entry %s', async (_case, parts, entry) => {
    const directory = await makeTempDirectory({
      'package.json': manifest(parts),
      'api.js': '',
      'index.js': '',
      'server.js': '',
    });
    expect(readProjectFacts(directory)).toMatchObject({ name: 'shop', entry, nodeArgs: [] });
  });

  it('keeps the flags that the start script gives to node, unless another entry is meant', async () => {
    const directory = await makeTempDirectory({
      'package.json': manifest({
        scripts: { start: 'node --env-file=.env --import tsx src/a.ts' },
      }),
      'src/a.ts': '',
    });
    const nodeArgs = ['--env-file=.env', '--import', 'tsx'];
    expect(readProjectFacts(directory)).toMatchObject({ entry: 'src/a.ts', nodeArgs });
    expect(readProjectFacts(directory, 'b.ts')).toMatchObject({ entry: 'b.ts', nodeArgs: [] });
  });

  it.each([
    ['app.listen(process.env.PORT || 8080)', 8080],
    ["const port = Number(process.env.PORT ?? '8081')", 8081],
    ['server.listen(8082, "0.0.0.0")', 8082],
    ['fastify.listen({ port: 8083 })', 8083],
    ["normalizePort(process.env.PORT || '8084')", 8084],
    ['app.listen(port)', null],
    ['app.listen(99999)', null],
  ])('reads the port from %j: %p', async (source, port) => {
    const directory = await makeTempDirectory({ 'server.js': source });
    expect(readProjectFacts(directory).port).toBe(port);
  });

  it('takes the port of .env first, and names the framework', async () => {
    const directory = await makeTempDirectory({
      'package.json': manifest({ dependencies: { koa: '2' } }),
      'server.js': 'listen(1)',
      '.env': '# PORT=1\nexport PORT="4000"\n',
    });
    expect(readProjectFacts(directory)).toMatchObject({ port: 4000, framework: 'Koa' });
  });

  it.each(['{', '[]', 'null', '{"scripts":7,"main":{},"dependencies":[]}'])(
    'survives a package.json that is %j',
    async (content) => {
      const directory = await makeTempDirectory({ 'package.json': content });
      expect(readProjectFacts(directory)).toMatchObject({
        entry: null,
        framework: null,
        port: null,
      });
    },
  );
});

describe('the framework of a project', () => {
  it.each([
    ['Next.js', { next: '15', express: '5' }, ''],
    ['NestJS', { '@nestjs/core': '11', express: '5' }, ''],
    ['hapi', { '@hapi/hapi': '21' }, ''],
    ['plain HTTP', {}, "import { createServer } from 'node:http';"],
    ['plain HTTP', {}, 'const { createServer } = require("https");'],
    ['Express', {}, "import express from 'express';"],
    ['Fastify', {}, "require('node:http'); require('fastify')()"],
    [null, {}, 'http'],
  ])('is %s', async (framework, dependencies, source) => {
    const directory = await makeTempDirectory({
      'package.json': manifest({ dependencies }),
      'server.js': source,
    });
    expect(readProjectFacts(directory).framework).toBe(framework);
  });
});
