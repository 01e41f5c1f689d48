import { makeHooks } from '../../../lib/fleet/application/lifecycle.ts';

const app = { name: 'app' };

describe('makeHooks', () => {
  const hooks = { beforeStartup: () => undefined };
  class Hooks {
    readonly app: unknown;
    constructor(given: unknown) {
      this.app = given;
    }
  }

  it.each([
    ['an object', hooks],
    ['an object as default', { default: hooks }],
    ['an object as default of a module compiled to CommonJS', { default: { default: hooks } }],
    ['a function', () => hooks],
    ['a function as default', { default: () => hooks }],
  ])('takes %s', (_name, module) => {
    expect(makeHooks(module, app)).toBe(hooks);
  });

  it('makes an instance of a class with the application', () => {
    expect(makeHooks({ default: Hooks }, app)).toMatchObject({ app });
  });

  it('takes a function that makes nothing for no hooks', () => {
    expect(makeHooks(() => undefined, app)).toEqual({});
  });
});
