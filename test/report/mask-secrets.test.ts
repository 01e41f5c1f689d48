import { createSecretMask, maskReport } from '../../lib/report/mask-secrets.ts';
import { crashReport } from './facts.ts';

describe('createSecretMask', () => {
  it.each(['API_KEY', 'github_token', 'ClientSecret', 'DB_PASSWORD', 'BASIC_AUTH', 'SENTRY_DSN'])(
    'masks the value of %s',
    (name) => {
      const mask = createSecretMask({ [name]: 'correct horse' });
      expect(mask('it is correct horse!')).toBe(`it is [${name} masked]!`);
    },
  );

  it('leaves other variables and values shorter than 8 characters alone', () => {
    const mask = createSecretMask({
      HOME: '/home/alice',
      API_KEY: '1234567',
      UNSET_KEY: undefined,
    });
    expect(mask('/home/alice 1234567')).toBe('/home/alice 1234567');
  });

  it.each([
    ['the whole URL', 'postgres://shop:p%40ssw0rd!@db:5432/shop'],
    ['its password', 'p%40ssw0rd!'],
    ['its password, decoded', 'p@ssw0rd!'],
  ])('masks %s of a variable that holds credentials', (_what, secret) => {
    const mask = createSecretMask({ DATABASE: 'postgres://shop:p%40ssw0rd!@db:5432/shop' });
    expect(mask(`x ${secret} x`)).toBe('x [DATABASE masked] x');
  });

  it('does not take the user of a URL for a secret when there is a password', () => {
    const mask = createSecretMask({ DATABASE_URL: 'postgres://shopkeeper:12345678@db/shop' });
    expect(mask('shopkeeper')).toBe('shopkeeper');
  });

  it('masks a value in its URL-encoded and JSON-escaped form', () => {
    const mask = createSecretMask({ API_KEY: 'a "quoted" & long' });
    const text = `${encodeURIComponent('a "quoted" & long')} ${JSON.stringify('a "quoted" & long')}`;
    expect(mask(text)).toBe('[API_KEY masked] "[API_KEY masked]"');
  });

  it('masks single lines of a value that has several', () => {
    const key =
      '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\nAoIBAQC7VJTUt9Us8cKj\n-----END KEY-----\n';
    const mask = createSecretMask({ PRIVATE_KEY: key });
    expect(mask('line AoIBAQC7VJTUt9Us8cKj end')).toBe('line [PRIVATE_KEY masked] end');
  });

  it('leaves no rest of two secrets of which one holds the other, or that overlap', () => {
    const mask = createSecretMask({ A_KEY: 'abcdefgh', B_KEY: 'abcdefghijkl', C_KEY: 'ijklmnopq' });
    expect(mask('-abcdefghijkl-')).toBe('-[B_KEY masked]-');
    expect(mask('-abcdefghijklmnopq-')).toBe('-[B_KEY masked]-');
  });

  it('masks the password of a URL that is in no variable', () => {
    const mask = createSecretMask({});
    expect(mask('redis://u:pw@h:1/0 http://h/a@b:c')).toBe(
      'redis://u:[password masked]@h:1/0 http://h/a@b:c',
    );
  });

  it('masks named secrets such as the session key', () => {
    expect(createSecretMask({}, { 'session key': 'k3y-1' })('k3y-1')).toBe('[session key masked]');
  });

  it('survives a value that is not a valid URL encoding', () => {
    expect(createSecretMask({ API_KEY: '%E0%A4%A-12345' })('%E0%A4%A-12345')).toBe(
      '[API_KEY masked]',
    );
    expect(createSecretMask({ API_KEY: '\ud800-1234567' })('\ud800-1234567')).toBe(
      '[API_KEY masked]',
    );
  });
});

describe('maskReport', () => {
  it('leaves a secret nowhere in the report', () => {
    const secret = 'hunter2hunter2';
    const report = crashReport({
      evidence: [secret],
      outputTail: [`token=${secret}`],
      error: { message: secret, stack: `Error: ${secret}`, cause: { message: secret } },
      requestsInFlight: [{ method: 'GET', path: `/${secret}`, ageMs: 1 }],
    });
    const masked = maskReport(report, createSecretMask({ MY_SECRET: secret }));
    expect(JSON.stringify(masked)).not.toContain(secret);
    expect(masked).toMatchObject({
      pid: report.pid,
      fingerprint: report.fingerprint,
      memory: report.memory,
    });
  });
});
