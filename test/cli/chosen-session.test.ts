import { join } from 'node:path';
import { chooseSession, type ChosenSession } from '../../lib/cli/chosen-session.ts';
import type { VerbCall } from '../../lib/cli/verb.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

async function choose(
  files: Record<string, string>,
  flags: Record<string, string> = {},
): Promise<ChosenSession & { readonly folder: string }> {
  const folder = await makeTempDirectory({ 'package.json': '{"name":"shop"}', ...files });
  const given = { text: (name: string) => flags[name], list: () => [] };
  const call = { cwd: folder, arguments: given } as unknown as VerbCall;
  return { ...chooseSession(call), folder };
}

const RUN_BEFORE = { '.vigil/shop/events.jsonl': '', '.vigil/other/events.jsonl': '' };
const BROKEN = { 'session.config.json': '{"nam":1}' };

describe('chooseSession', () => {
  it('takes the session of the folder', async () => {
    const chosen = await choose(RUN_BEFORE);
    expect(chosen).toMatchObject({ name: 'shop', others: [] });
    expect(chosen.options.stateDirectory).toBe(join(chosen.folder, '.vigil/shop'));
  });

  it('takes the session of the configuration', async () => {
    const config = { 'session.config.json': '{"name":"front","stateDirectory":"state"}' };
    const chosen = await choose({ ...config, 'state/events.jsonl': '' });
    expect(chosen.name).toBe('front');
    expect(chosen.options.stateDirectory).toBe(join(chosen.folder, 'state'));
  });

  it('takes the only other session that was run here, not one of several', async () => {
    const one = await choose({ '.vigil/other/events.jsonl': '', '.vigil/empty/x': '' });
    expect(one.name).toBe('other');
    expect(one.options.stateDirectory).toBe(join(one.folder, '.vigil/other'));
    const several = await choose({ '.vigil/a/events.jsonl': '', '.vigil/b/events.jsonl': '' });
    expect(several).toMatchObject({ name: 'shop', others: ['a', 'b'] });
  });

  it('takes what the flags say, run before or not', async () => {
    const named = await choose(RUN_BEFORE, { name: 'third' });
    expect(named).toMatchObject({ name: 'third', others: [] });
    expect(named.options.stateDirectory).toBe(join(named.folder, '.vigil/third'));
    const placed = await choose(RUN_BEFORE, { 'state-dir': 'else/where' });
    expect(placed.name).toBe('where');
    expect(placed.options.stateDirectory).toBe(join(placed.folder, 'else/where'));
  });

  it('reaches a session past a broken configuration, unless that is all there is', async () => {
    expect(await choose({ ...BROKEN, '.vigil/other/events.jsonl': '' })).toMatchObject({
      name: 'other',
    });
    expect(await choose(BROKEN, { name: 'third' })).toMatchObject({ name: 'third' });
    await expect(choose(BROKEN)).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    await expect(choose(BROKEN, { config: 'session.config.json' })).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
    });
  });
});
