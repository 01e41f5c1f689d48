import { waitUntil } from '../../support/wait-until.ts';
import { makeApplication, noteComponent } from './an-application.ts';

describe('Application', () => {
  it('runs every phase of all components in the order they were loaded, and stops them in reverse', async () => {
    const fixture = await makeApplication();
    const { app, calls, role, ends, clock } = fixture;
    app.load(noteComponent('p1', fixture));
    app.load(noteComponent('p2', fixture));
    expect(app.state).toBe(1);
    await app.start();
    expect(app.state).toBe(4);
    role.settings?.onAllStarted();
    role.settings?.onAllStarted();
    await new Promise((resolve) => app.event.once('start_all', resolve));
    await app.stop(true);
    expect(calls).toEqual([
      ...['p1 beforeStart 2', 'p2 beforeStart 2', 'p1 start 2', 'p2 start 2', 'role start'],
      ...['p1 afterStart 3', 'p2 afterStart 3', 'role afterStart', 'role started'],
      ...['chat-1 has started', 'p1 afterStartAll 4', 'p2 afterStartAll 4', 'role beforeStop'],
      ...['p2 stop(true) 5', 'p1 stop(true) 5', 'role afterStop', 'chat-1 has stopped'],
    ]);
    clock.advance(0);
    expect(ends).toEqual([0]);
  });

  it('refuses a second start', async () => {
    const { app } = await makeApplication();
    const first = app.start();
    await expect(app.start()).rejects.toMatchObject({
      code: 'ERR_FLEET_STARTED',
      message: 'application has already start.',
    });
    await first;
    const told = await new Promise((resolve) => void app.start(resolve));
    expect(told).toMatchObject({ code: 'ERR_FLEET_STARTED' });
  });

  it.each(['beforeStart', 'start', 'afterStart'] as const)(
    'ends the start with the error of a component in %s, stops what had started, and ends with 1',
    async (phase) => {
      const fixture = await makeApplication();
      const { app, calls, ends, clock, warnings } = fixture;
      app.load(noteComponent('p1', fixture));
      const error = new Error('no port\nand more');
      app.load({
        ...noteComponent('p2', fixture),
        [phase]: (done: (e: Error) => void) => {
          done(error);
        },
      });
      app.load(noteComponent('p3', fixture));
      await expect(app.start()).rejects.toBe(error);
      const stopped = calls.filter((call) => call.includes('stop('));
      const started = { beforeStart: [], start: ['p1'], afterStart: ['p3', 'p2', 'p1'] }[phase];
      expect(stopped).toEqual(started.map((name) => `${name} stop(false) 5`));
      expect(warnings).toEqual([`chat-1 could not start: component "p2", ${phase}: no port`]);
      expect(app.state).toBe(5);
      clock.advance(0);
      expect(ends).toEqual([1]);
    },
  );

  it('ends the start of a component that never calls back, after its deadline', async () => {
    const { app, clock, warnings } = await makeApplication();
    app.set('componentStartSeconds', 5);
    app.load('sleepy', { start: (_done) => undefined });
    const start = app.start();
    await waitUntil(
      () => (clock.waiting > 0 && app.state === 2 ? true : undefined),
      () => 'no timer',
    );
    clock.advance(4999);
    expect(app.state).toBe(2);
    clock.advance(1);
    await expect(start).rejects.toMatchObject({ code: 'ERR_FLEET_DEADLINE' });
    expect(warnings).toEqual([
      'chat-1 could not start: component "sleepy", start did not end within 5 s',
    ]);
  });

  it('goes on stopping after an error and after a deadline, and tells of both', async () => {
    const fixture = await makeApplication();
    const { app, calls, clock, warnings, ends } = fixture;
    app.set('componentStopSeconds', 2);
    app.load(noteComponent('p1', fixture));
    app.load({
      name: 'bad',
      start: () => undefined,
      stop: () => {
        throw new Error('locked');
      },
    });
    app.load({ name: 'slow', start: () => undefined, stop: (_force, _done) => undefined });
    await app.start();
    const stop = app.stop(true);
    await waitUntil(
      () => (clock.waiting > 0 ? true : undefined),
      () => 'no timer',
    );
    clock.advance(2000);
    await expect(stop).rejects.toMatchObject({ code: 'ERR_FLEET_COMPONENT' });
    expect(calls).toContain('p1 stop(true) 5');
    expect(warnings).toEqual([
      'chat-1: component "slow", stop did not end within 2 s',
      'chat-1: component "bad", stop: locked',
    ]);
    clock.advance(0);
    expect(ends).toEqual([1]);
  });

  it('waits no longer for its start when it is stopped meanwhile, and stops what has started', async () => {
    const fixture = await makeApplication();
    const { app, calls, signal } = fixture;
    app.load(noteComponent('p1', fixture));
    app.load('sleepy', {
      start: (_done) => {
        signal('SIGTERM');
      },
    });
    await expect(app.start()).rejects.toMatchObject({ code: 'ERR_FLEET_STOPPED' });
    expect(calls.slice(-4)).toEqual([
      ...['role beforeStop', 'p1 stop(true) 5', 'role afterStop', 'chat-1 has stopped'],
    ]);
  });

  it('leaves a process that is stopped without force three seconds to end by itself', async () => {
    const { app, clock, ends } = await makeApplication();
    const unref = jest.fn();
    const setTimer = clock.setTimer.bind(clock);
    clock.setTimer = (...given) => ({ ...setTimer(...given), unref });
    await app.start();
    await app.stop();
    // A process that has nothing else to do does not wait for it.
    expect(unref).toHaveBeenCalled();
    clock.advance(2999);
    expect(ends).toEqual([]);
    clock.advance(1);
    expect(ends).toEqual([0]);
  });

  it('tells of a component that fails when all have started, and goes on to the next', async () => {
    const fixture = await makeApplication();
    const { app, calls, role, warnings } = fixture;
    app.load('bad', {
      afterStartAll: () => {
        throw new Error('too late');
      },
    });
    app.load(noteComponent('p2', fixture));
    // Before its own start is finished: it waits until then.
    app.load('early', { start: () => role.settings?.onAllStarted() });
    const all = new Promise((resolve) => app.event.once('start_all', resolve));
    await app.start();
    await all;
    expect(calls).toContain('p2 afterStartAll 4');
    expect(warnings).toEqual(['chat-1: component "bad", afterStartAll: too late']);
  });

  it('takes an error of its role for one of the start', async () => {
    const refused = new Error('the master does not take chat-1');
    const fixture = await makeApplication({
      role: () => ({ start: () => Promise.reject(refused) }),
    });
    const { app, calls, warnings } = fixture;
    app.load(noteComponent('p1', fixture));
    await expect(app.start()).rejects.toBe(refused);
    expect(warnings).toEqual(['chat-1 could not start: the master does not take chat-1']);
    expect(calls).toContain('p1 stop(false) 5');
  });
});

describe('Application.load', () => {
  it('calls a function with the application and the options, and keeps what it makes by name', async () => {
    const { app } = await makeApplication();
    const seen: unknown[] = [];
    const made = app.load(
      'db',
      (...given: unknown[]) => {
        seen.push(...given);
        return {};
      },
      { size: 2 },
    );
    expect(seen).toEqual([app, { size: 2 }]);
    expect(app.components['db']).toBe(made);
  });

  it('makes an instance of a class, and takes the default of an ES module', async () => {
    const { app } = await makeApplication();
    class Gate {
      readonly app: unknown;
      constructor(given: unknown) {
        this.app = given;
      }
    }
    expect(app.load(Gate as never)).toMatchObject({ app });
    expect(app.load({ default: Gate } as never)).toBe(app.components['Gate']);
    expect(app.componentNames).toEqual(['Gate']);
  });

  it('keeps the first of two components of one name, and says so', async () => {
    const { app, warnings } = await makeApplication();
    const first = app.load('db', {});
    expect(app.load('db', {})).toBe(first);
    expect(warnings).toEqual([
      'chat-1: there is a component "db" already: the second one is not loaded',
    ]);
  });

  it('refuses what makes no component, and any once the application has started', async () => {
    const { app } = await makeApplication();
    expect(() => app.load((() => undefined) as never)).toThrow(
      /not a function that returned undefined/,
    );
    await app.start();
    expect(() => app.load({})).toThrow(expect.objectContaining({ code: 'ERR_FLEET_STARTED' }));
    expect(() => app.registerAdmin({ moduleId: 'late' })).toThrow(/before the application starts/);
  });
});

describe('Application settings', () => {
  it('know what the process was started as', async () => {
    const { app } = await makeApplication();
    expect(['env', 'serverId', 'serverType'].map((name) => app.get(name))).toEqual([
      ...['development', 'chat-1', 'chat'],
    ]);
    expect(app.getCurServer()).toEqual({
      id: 'chat-1',
      serverType: 'chat',
      host: '127.0.0.1',
      port: 6050,
    });
    expect(app.isMaster()).toBe(false);
  });

  it('make a process without a type the master of its configuration', async () => {
    const master = JSON.stringify({ staging: { id: 'm-7', host: '127.0.0.1', port: 4000 } });
    const servers = JSON.stringify({
      staging: {
        chat: [{ host: '127.0.0.1', port: '6060++', clusterCount: 2 }],
        gate: [{ id: 'g', host: 'h', frontend: true }],
      },
    });
    const files = { 'config/master.json': master, 'config/servers.json': servers };
    const { app } = await makeApplication({ words: ['type=all'], nodeEnv: 'staging', files });
    expect([app.getServerType(), app.getServerId(), app.get('env')]).toEqual([
      'master',
      'm-7',
      'staging',
    ]);
    expect(app.isMaster()).toBe(true);
    expect(app.getServersByType('chat').map(({ id, port }) => [id, port])).toEqual([
      ['cluster-server-chat-0', 6060],
      ['cluster-server-chat-1', 6061],
    ]);
    expect(app.isFrontend(app.getServerById('g'))).toBe(true);
  });

  it.each([
    ['frontend=true', true],
    ['frontend=false', false],
    ['x=1', false],
  ])('tell by %s whether a server faces clients: %s', async (word, expected) => {
    const { app } = await makeApplication({ words: ['id=a', 'serverType=b', word] });
    expect(app.isFrontend()).toBe(expected);
  });

  it('call configure for the environments and types that are meant', async () => {
    const { app } = await makeApplication();
    const called: unknown[] = [];
    const note = (name: string) =>
      function (this: unknown) {
        called.push(name, this === app);
      };
    app
      .configure(note('each'))
      .configure('production', note('production'))
      .configure('production|development', note('one of two'))
      .configure('all', 'gate', note('gate'))
      .configure('development', 'gate|chat', note('chat'));
    expect(called).toEqual(['each', true, 'one of two', true, 'chat', true]);
    expect(() => app.configure(...(['all'] as unknown as [() => void]))).toThrow(
      /configure must be a function/,
    );
  });

  it('are set, attached, enabled and disabled', async () => {
    const { app } = await makeApplication();
    app.set('db', { url: 'x' }, true).enable('fast').disable('slow');
    expect((app as unknown as { db: unknown }).db).toEqual({ url: 'x' });
    expect([app.enabled('fast'), app.disabled('slow'), app.enabled('unknown')]).toEqual([
      true,
      true,
      false,
    ]);
    app.route('chat', () => 'chat-1');
    expect(Object.keys(app.get('routes') as object)).toEqual(['chat']);
  });
});
