import { monitorRegistration } from '../support/foreign-peer.ts';
import { waitUntil } from '../support/wait-until.ts';
import { clientOf, connect, endAll, monitorOf, startMaster, TOKENS } from './admin-master.ts';

afterEach(endAll);

describe('registration with a master', () => {
  it('takes a user with the right password, sent as MD5 or as it is', async () => {
    const master = await startMaster();
    await clientOf(master);
    const plain = await connect(master);
    const body = { type: 'client', id: 'c-2', username: 'admin', password: 'secret-1' };
    expect(await plain.register(body)).toMatchObject({ code: 1, msg: 'ok' });
  });

  it.each([
    ['a wrong password', { username: 'admin', password: 'nope' }],
    ['a name that nobody has', { username: 'nobody', password: 'secret-1' }],
    ['an empty password', { username: 'admin', password: '' }],
    ['the default password outside development', { username: 'admin', password: 'admin' }],
  ])('refuses %s and says goodbye', async (_, claim) => {
    const master = await startMaster();
    const peer = await connect(master);
    expect(await peer.registerClient('c', claim)).toEqual({
      code: -1,
      msg: 'client auth failed with username or password error',
    });
    await peer.waitForPacket('disconnect');
    await peer.closed();
    expect(master.audit).toMatchObject([{ action: 'login', outcome: 'refused' }]);
    expect(JSON.stringify(master.audit)).not.toMatch(/nope|secret/);
  });

  it('refuses everybody outside development when there are no users', async () => {
    const peer = await connect(await startMaster({ users: null }));
    expect(await peer.registerClient('c')).toMatchObject({ code: -1 });
  });

  it('takes admin with the password admin in development when there are no users', async () => {
    const peer = await connect(await startMaster({ users: null, env: 'development' }));
    expect(await peer.registerClient('c')).toMatchObject({ code: 1 });
  });

  it('takes the operator of this machine by the local key, and by nothing else', async () => {
    const master = await startMaster({ users: null });
    const [right, wrong, digest] = [
      await connect(master),
      await connect(master),
      await connect(master),
    ];
    const body = { type: 'client', id: 'c', username: '@local' };
    expect(await right.register({ ...body, password: 'the-local-key' })).toMatchObject({ code: 1 });
    expect(await wrong.register({ ...body, password: 'guess' })).toMatchObject({ code: -1 });
    expect(
      await digest.registerClient('d', { username: '@local', password: 'the-local-key' }),
    ).toMatchObject({ code: -1 });
  });

  it.each(['register', 'reconnect'])('refuses a wrong token on %s', async (topic) => {
    const master = await startMaster();
    const peer = await connect(master);
    const answers = topic === 'register' ? 'register' : 'reconnect_ok';
    for (const token of ['wrong', 'gate-token']) {
      const other = topic === 'register' ? await connect(master) : peer;
      other.messages.length = 0;
      other.publish(topic, monitorRegistration('chat-1', { token }));
      const { value } = await other.waitFor((message) => message.topic === answers);
      expect(value).toEqual({ code: -1, msg: 'server auth failed,check config `adminServer`.' });
    }
    expect([...master.server.monitors.keys()]).toEqual([]);
  });

  it.each([
    ['with tokens', TOKENS],
    ['without tokens', null],
  ])('refuses a reconnection that shows no token, %s', async (_, tokens) => {
    const master = await startMaster({ tokens });
    const peer = await connect(master);
    peer.publish('reconnect', monitorRegistration('chat-1'));
    const { value } = await peer.waitFor(({ topic }) => topic === 'reconnect_ok');
    expect(value).toMatchObject({ code: -1 });
    expect(master.server.monitors.size).toBe(0);
  });

  it('takes a server whose reconnection it refused when it registers over the same connection', async () => {
    const master = await startMaster();
    const peer = await connect(master);
    peer.publish('reconnect', monitorRegistration('chat-1'));
    await peer.waitFor(({ topic }) => topic === 'reconnect_ok');
    expect(await peer.registerMonitor('chat-1', { token: 'chat-token' })).toMatchObject({
      code: 1,
    });
  });

  it('takes a reconnection with the right token', async () => {
    const master = await startMaster();
    const peer = await connect(master);
    peer.publish('reconnect', monitorRegistration('chat-1', { token: 'chat-token' }));
    const { value } = await peer.waitFor(({ topic }) => topic === 'reconnect_ok');
    expect(value).toMatchObject({ code: 1, msg: 'ok' });
    expect(master.server.monitors.get('chat-1')).toMatchObject({ serverType: 'chat', pid: 4711 });
  });

  it('refuses a type for which there is no token, master too', async () => {
    const master = await startMaster();
    for (const serverType of ['other', 'master']) {
      const peer = await connect(master);
      expect(await peer.registerMonitor('x', { serverType, token: 'chat-token' })).toMatchObject({
        code: -1,
      });
    }
  });

  it('refuses the id of a server that is there, and takes it once that connection has ended', async () => {
    const master = await startMaster();
    const first = await monitorOf(master, 'chat-1');
    const second = await connect(master);
    expect(await second.registerMonitor('chat-1', { token: 'chat-token' })).toEqual({
      code: -1,
      msg: 'id has been registered. id:chat-1',
    });
    await first.close();
    await waitUntil(
      () => (master.server.monitors.size === 0 ? true : undefined),
      () => 'the server is still there',
    );
    const third = await connect(master);
    expect(await third.registerMonitor('chat-1', { token: 'chat-token' })).toMatchObject({
      code: 1,
    });
  });

  it.each([
    ['no object', 'x', 'unknown auth master type'],
    ['null', null, 'unknown auth master type'],
    ['another type', { type: 'spy', id: 'x' }, 'unknown auth master type'],
    ['a client without a name', { type: 'client', id: 'x' }, 'client should auth with username'],
    ['an id that is no text', { type: 'monitor', id: {}, serverType: 'chat' }, expect.any(String)],
    [
      'an id with an escape',
      { type: 'monitor', id: 'a\u001b[2J', serverType: 'chat' },
      expect.any(String),
    ],
    ['an id of two lines', { type: 'client', id: 'a\nb', username: 'u' }, expect.any(String)],
    [
      'a pid that is an object',
      { type: 'monitor', id: 'a', serverType: 'c', pid: { valueOf: 1, toString: 1 } },
      expect.any(String),
    ],
  ])('refuses a registration with %s', async (_, body, msg) => {
    const master = await startMaster();
    const peer = await connect(master);
    peer.publish('register', body);
    if (body === 'x') {
      // A text that holds no JSON cannot be answered.
      await peer.closed();
      return;
    }
    const { value } = await peer.waitFor(({ topic }) => topic === 'register');
    expect(value).toEqual({ code: -1, msg });
  });

  it('lets nobody guess passwords without end, and never locks the local operator out', async () => {
    const master = await startMaster();
    const answers: string[] = [];
    for (let guess = 0; guess < 12; guess += 1) {
      const peer = await connect(master);
      answers.push((await peer.registerClient(`c-${guess}`, { password: `guess-${guess}` })).msg);
      await peer.close();
    }
    expect(answers.at(-1)).toBe('too many wrong passwords or tokens; wait a minute');
    const local = await connect(master);
    const body = { type: 'client', id: 'l', username: '@local', password: 'the-local-key' };
    expect(await local.register(body)).toMatchObject({ code: 1 });
  });
});

describe('a client of the older kind', () => {
  it('asks with a request encoded twice and is answered in the same way', async () => {
    const master = await startMaster();
    const client = await clientOf(master);
    const answer = await client.request(1, '__console__', { signal: 'list' });
    expect(typeof answer.raw).toBe('string');
    expect(answer).toMatchObject({
      topic: 'client',
      value: { respId: 1, error: null, body: { got: { signal: 'list' } } },
    });
  });

  it('may encode a request once', async () => {
    const client = await clientOf(await startMaster());
    client.publish('client', { reqId: 7, moduleId: '__console__', body: { signal: 'list' } });
    const { value } = await client.waitFor((message) => message.value?.respId === 7);
    expect(value.error).toBeNull();
  });

  it('is named by what it has proven, not by what it says in a request', async () => {
    const master = await startMaster();
    const client = await clientOf(master);
    await client.request(1, 'mine', { username: 'root', clientId: 'other' });
    expect(master.calls[0]).toMatchObject({
      body: { username: 'admin', clientId: 'pinus_list_admin' },
      from: { kind: 'client', user: 'admin', level: 1 },
    });
  });

  it('gives commands, and sends notices that nobody answers', async () => {
    const master = await startMaster();
    const client = await clientOf(master);
    client.publishTwice('client', { reqId: 3, command: 'list', body: {} });
    await client.waitFor(({ value }) => value?.respId === 3);
    client.publish('client', { moduleId: 'mine', body: { x: 1 } });
    await client.request(4, 'mine', {});
    expect(master.commands).toMatchObject([{ command: 'list', moduleId: null }]);
    expect(master.calls[0]).toMatchObject({ moduleId: 'mine', answer: null });
  });

  it('hears notices of a module', async () => {
    const master = await startMaster();
    const client = await clientOf(master);
    expect(master.server.notifyClient('pinus_list_admin', 'mine', { n: 1 })).toBe(true);
    const { raw } = await client.waitFor(({ topic }) => topic === 'client');
    expect(raw).toEqual({ moduleId: 'mine', body: { n: 1 } });
  });

  it.each([
    { moduleId: '__console__', body: { signal: 'stop', ids: [] } },
    { moduleId: '__console__', body: { signal: 'kill' } },
    { moduleId: '__console__', body: { signal: 'add', args: [] } },
    { moduleId: '__console__', body: { signal: 'restart' } },
    { moduleId: '__console__', body: { signal: 'exec' } },
    { moduleId: '__console__', body: { signal: 'addCron' } },
    { moduleId: '__console__', body: { signal: 'blacklist' } },
    { moduleId: '__console__', body: { signal: ['stop'] } },
    { moduleId: '__console__', body: null },
    { moduleId: '__console__', body: { signal: 'plan' } },
    { moduleId: '__console__', body: { signal: 'apply' } },
    { moduleId: 'scripts', body: { command: 'run' } },
    { command: 'enable', moduleId: 'mine' },
    { command: 'disable', moduleId: 'mine' },
  ])('of level 2 may not ask for %j', async (wish) => {
    const master = await startMaster();
    const guest = await clientOf(master, 'guest');
    guest.publishTwice('client', { reqId: 1, ...wish });
    const { value } = await guest.waitFor((message) => message.value?.respId === 1);
    expect(value.error).toEqual({ message: 'Command permission denied' });
    expect([...master.calls, ...master.commands]).toEqual([]);
    expect(master.audit.at(-1)).toMatchObject({ user: 'guest', outcome: 'refused' });
  });

  it('of level 2 may list and ask the modules of the application', async () => {
    const guest = await clientOf(await startMaster(), 'guest');
    const asked = [
      await guest.request(1, '__console__', { signal: 'list' }),
      await guest.request(2, 'watchServer', { comd: 'servers' }),
      await guest.request(3, 'mine', {}),
    ];
    expect(asked.map(({ value }) => value.error)).toEqual([null, null, null]);
  });
});

describe('a server of the older kind', () => {
  it('is asked with a request encoded twice, and may answer in error or in body', async () => {
    const master = await startMaster();
    const monitor = await monitorOf(master, 'chat-1');
    const question = { serverId: 'chat-1', moduleId: '__console__', body: { signal: 'list' } };
    for (const key of ['error', 'body']) {
      monitor.messages.length = 0;
      const asked = master.server.ask({ ...question, deadlineMs: 10_000 });
      const { raw, value } = await monitor.waitFor((message) => message.value?.reqId > 0);
      expect(typeof raw).toBe('string');
      monitor.publishTwice('monitor', { respId: value.reqId, [key]: { pid: 1 } });
      expect(await asked).toMatchObject({ [key]: { pid: 1 } });
    }
  });

  it('asks the master, and hears notices', async () => {
    const master = await startMaster();
    const monitor = await monitorOf(master, 'chat-1');
    monitor.publishTwice('monitor', {
      reqId: 5,
      moduleId: '__masterwatcher__',
      body: { id: 'chat-1' },
    });
    const { value } = await monitor.waitFor((message) => message.value?.respId === 5);
    expect(value).toEqual({ respId: 5, error: null, body: { got: { id: 'chat-1' } } });
    master.server.notifyByType('chat', '__monitorwatcher__', { action: 'startOver' });
    const notice = await monitor.waitFor((message) => message.value?.moduleId !== undefined);
    expect(notice.raw).toEqual({ moduleId: '__monitorwatcher__', body: { action: 'startOver' } });
  });

  it('is given up after its deadline when it does not answer', async () => {
    const master = await startMaster();
    await monitorOf(master, 'chat-1');
    const question = { serverId: 'chat-1', moduleId: 'm', body: {}, deadlineMs: 50 };
    await expect(master.server.ask(question)).rejects.toMatchObject({ code: 'ERR_FLEET_TIMEOUT' });
  });

  it('is given up at once when it goes', async () => {
    const master = await startMaster();
    const monitor = await monitorOf(master, 'chat-1');
    const asked = master.server.ask({
      serverId: 'chat-1',
      moduleId: 'm',
      body: {},
      deadlineMs: 60_000,
    });
    await monitor.waitFor(({ topic }) => topic === 'monitor');
    await Promise.all([
      expect(asked).rejects.toMatchObject({ code: 'ERR_FLEET_AWAY' }),
      monitor.close(),
    ]);
  });

  it('is sent again what it has not answered when it comes back', async () => {
    const master = await startMaster();
    const monitor = await monitorOf(master, 'chat-1');
    const answered = new Promise((resolve) => {
      master.server.request(
        'chat-1',
        '__monitorwatcher__',
        { action: 'addServer' },
        (error, body) => resolve({ error, body }),
      );
    });
    const { value } = await monitor.waitFor(({ topic }) => topic === 'monitor');
    await monitor.close();
    await waitUntil(
      () => (master.server.monitors.size === 0 ? true : undefined),
      () => 'the server is still there',
    );
    const back = await monitorOf(master, 'chat-1');
    const again = await back.waitFor(({ topic }) => topic === 'monitor');
    expect(again.value).toEqual(value);
    back.publishTwice('monitor', { respId: value.reqId, error: null, body: 1 });
    expect(await answered).toEqual({ error: null, body: 1 });
  });

  it('cannot answer for another server, nor speak as a client', async () => {
    const master = await startMaster();
    const [honest, liar] = [await monitorOf(master, 'chat-1'), await monitorOf(master, 'chat-2')];
    const asked = master.server.ask({
      serverId: 'chat-1',
      moduleId: 'm',
      body: {},
      deadlineMs: 60_000,
    });
    const { value } = await honest.waitFor(({ topic }) => topic === 'monitor');
    liar.publishTwice('monitor', { respId: value.reqId, body: 'a lie' });
    liar.publishTwice('client', { reqId: 1, moduleId: '__console__', body: { signal: 'stop' } });
    await liar.closed();
    honest.publishTwice('monitor', { respId: value.reqId, body: 'the truth' });
    expect(await asked).toMatchObject({ body: 'the truth' });
    expect(master.calls).toEqual([]);
  });

  it('is told goodbye when the master ends', async () => {
    const master = await startMaster();
    const monitor = await monitorOf(master, 'chat-1');
    await master.server.close();
    expect(await monitor.waitForPacket('disconnect')).toBeDefined();
    await monitor.closed();
  });
});
