import fc from 'fast-check';
import { fromErrorLike, toErrorLike } from '../../lib/ipc/error-like.ts';

describe('toErrorLike', () => {
  it('keeps name, message, stack, code, causes and inner errors', () => {
    const root = Object.assign(new Error('root'), { code: 'ENOENT' });
    const error = new AggregateError([new TypeError('one'), 'two'], 'several', {
      cause: new Error('middle', { cause: root }),
    });
    const like = toErrorLike(error);
    expect(like).toMatchObject({
      name: 'AggregateError',
      message: 'several',
      stack: error.stack,
      cause: { message: 'middle', cause: { message: 'root', code: 'ENOENT' } },
      errors: [{ name: 'TypeError', message: 'one' }, 'two'],
    });
    expect(JSON.parse(JSON.stringify(like))).toEqual(like);
  });

  it.each([
    ['a string', 'just text', 'just text'],
    ['undefined', undefined, 'undefined'],
    ['a bigint', 10n, '10n'],
    ['a plain object', { status: 500 }, '{ status: 500 }'],
  ])('describes %s that was thrown', (_what, thrown, message) => {
    expect(toErrorLike(thrown)).toEqual({ name: 'NonError', message });
  });

  it('cuts what is long and what is deep', () => {
    let error = new Error('bottom');
    for (let i = 0; i < 1000; i++) error = new Error('x'.repeat(100_000), { cause: error });
    Object.assign(error, { errors: Array(10_000).fill(new Error('same')) });
    const like = toErrorLike(error);
    expect(JSON.stringify(like).length).toBeLessThan(1_000_000);
    expect(like.message).toMatch(/^x{10000} … \[90000 characters left out\]$/);
  });

  it('ends at an error that is its own cause', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(toErrorLike(error).cause).toBe('[the same error again]');
  });

  it('survives getters, proxies and inspectors that throw', () => {
    const fail = (): never => {
      throw new Error('gotcha');
    };
    const hostile = Object.defineProperties(
      {},
      { message: { get: fail }, name: { get: fail }, stack: { get: fail } },
    );
    expect(toErrorLike(hostile)).toMatchObject({ name: 'NonError' });
    expect(
      toErrorLike(new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail })),
    ).toMatchObject({ name: 'NonError' });
    expect(toErrorLike({ [Symbol.for('nodejs.util.inspect.custom')]: fail })).toMatchObject({
      message: '[a value that cannot be shown]',
    });
  });

  it('gives for any value something that JSON carries unchanged', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
        }),
        (value) => {
          const like = toErrorLike(value);
          expect(JSON.parse(JSON.stringify(like))).toEqual(like);
        },
      ),
    );
  });
});

describe('fromErrorLike', () => {
  it('gives back errors of the built-in classes with their causes', () => {
    const error = fromErrorLike(
      toErrorLike(new TypeError('outer', { cause: new RangeError('inner') })),
    );
    expect(error).toBeInstanceOf(TypeError);
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(Object.keys(error)).toEqual([]);
  });

  it('keeps a name of its own and the code', () => {
    const error = fromErrorLike({
      name: 'VigilError',
      message: 'm',
      code: 'ERR_X',
      stack: 'the stack',
    });
    expect(error).toMatchObject({
      name: 'VigilError',
      message: 'm',
      code: 'ERR_X',
      stack: 'the stack',
    });
    expect(String(error)).toBe('VigilError: m');
  });
});
