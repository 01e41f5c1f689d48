import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlRoute } from '../../lib/http/control-route.ts';
import { createControlRoutes } from '../../lib/http/control-routes.ts';
import { FakePort } from '../http/fake-port.ts';
import { ROOT } from './code-blocks.ts';

const WHO = { open: 'everybody', read: 'who may read', act: 'who has the key' } as const;

function whoMayAsk({ access, isSocketOnly }: ControlRoute): string {
  return isSocketOnly === true ? 'nobody' : WHO[access];
}

describe('docs/reference/control-api.md', () => {
  it('has every route, who may ask it over TCP, and what it does', () => {
    const page = readFileSync(join(ROOT, 'docs/reference/control-api.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `((?:GET|POST) [^`]+)` \| ([^|]+) \| (.+) \|$/gm)].map(
      ([, route, who, what]) => [route, who, what],
    );
    const routes = createControlRoutes(Object.assign(new FakePort(), { takeOver: {} as never }));
    const expected = routes.map((route) => [
      `${route.method} ${route.path}`,
      whoMayAsk(route),
      route.about?.summary,
    ]);
    expect(rows).toEqual(expect.arrayContaining(expected));
  });
});
