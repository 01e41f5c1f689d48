import { AdminRegistry } from '../../../lib/fleet/application/admin-registry.ts';
import { ModuleHost } from '../../../lib/fleet/modules/module-host.ts';
import { ManualClock } from '../../../lib/util/manual-clock.ts';
import { makeApplication } from './an-application.ts';

function makeHost(): ModuleHost {
  const clock = new ManualClock();
  return new ModuleHost({ role: 'monitor', clock, startMs: 0, onTrouble: () => undefined });
}

describe('AdminRegistry', () => {
  it('makes modules from objects, functions and classes, and finds their id wherever it stands', () => {
    const registry = new AdminRegistry();
    const seen: unknown[] = [];
    const factory = Object.assign(
      (...given: unknown[]) => {
        seen.push(...given);
        return {};
      },
      { moduleId: 'beside' },
    );
    class OfClass {
      readonly moduleId = 'inside';
    }
    registry.add({ moduleId: 'given', given: { moduleId: 'other' }, options: undefined });
    registry.add({ moduleId: undefined, given: factory, options: { size: 1 } });
    registry.add({ moduleId: undefined, given: { default: OfClass }, options: undefined });
    const host = makeHost();
    registry.fill(host, 'the application');
    expect(host.ids).toEqual(['given', 'beside', 'inside']);
    expect(seen).toEqual([{ size: 1 }, 'the application']);
  });

  it('refuses what makes no module', () => {
    const registry = new AdminRegistry();
    registry.add({ moduleId: 'a', given: () => 'text', options: undefined });
    expect(() => {
      registry.fill(makeHost(), null);
    }).toThrow(expect.objectContaining({ code: 'ERR_FLEET_MODULE' }));
  });

  it('has what the application was given, by either form of registerAdmin', async () => {
    const { app, role } = await makeApplication();
    app.registerAdmin({ moduleId: 'a' }).registerAdmin('b', (_options, given) => {
      expect(given).toBe(app);
      return {};
    });
    await app.start();
    const host = makeHost();
    role.settings?.fillModules(host);
    expect(host.ids).toEqual(['a', 'b']);
  });
});
