import { parseBrokerUrl } from '../../lib/jobs/broker-url.ts';

const GUEST = { kind: 'amqp', tls: false, username: 'guest', password: 'guest', vhost: '/' };

describe('parseBrokerUrl', () => {
  it.each([
    ['memory:', { kind: 'memory' }],
    ['file:jobs', { kind: 'file', directory: 'jobs' }],
    ['file:/var/lib/jobs', { kind: 'file', directory: '/var/lib/jobs' }],
    ['file:///var/lib/jobs', { kind: 'file', directory: '/var/lib/jobs' }],
    ['amqp://one', { ...GUEST, hosts: ['one:5672'] }],
    ['amqp://one/', { ...GUEST, hosts: ['one:5672'] }],
    ['amqps://one,two:1234', { ...GUEST, tls: true, hosts: ['one:5671', 'two:1234'] }],
    ['amqp://[::1]:5,10.0.0.1', { ...GUEST, hosts: ['[::1]:5', '10.0.0.1:5672'] }],
    [
      'amqp://me:p%40%2Fw@one:1,two:2,three:3/my%2Fhost',
      {
        ...GUEST,
        username: 'me',
        password: 'p@/w',
        hosts: ['one:1', 'two:2', 'three:3'],
        vhost: 'my/host',
      },
    ],
  ])('reads %s', (url, place) => {
    expect(parseBrokerUrl(url)).toEqual(place);
  });

  it.each([
    '',
    'memory',
    'file:',
    'redis://one',
    'amqp://',
    'amqp://one:0',
    'amqp://one:99999',
    'amqp://one,,two',
    'amqp://me:%zz@one',
    'amqp://a/b/c',
    'amqp://me:secret@one:x',
  ])('refuses %p, and tells nobody the password', (url) => {
    let error: unknown;
    try {
      parseBrokerUrl(url);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'ERR_BROKER_URL' });
    expect(String(error)).not.toContain('secret');
  });
});
