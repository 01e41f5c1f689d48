import { planManifest } from '../../lib/cli/plan-manifest.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

async function plan(content: string): Promise<ReturnType<typeof planManifest>> {
  return planManifest(await makeTempDirectory({ 'package.json': content }), 'vigil run a.js');
}

describe('planManifest', () => {
  it.each([
    [
      'tabs',
      '{\n\t"name": "a"\n}\n',
      '{\n\t"name": "a",\n\t"scripts": {\n\t\t"vigil": "vigil run a.js"\n\t}\n}\n',
    ],
    [
      'four spaces, no end',
      '{\n    "a": 1\n}',
      '{\n    "a": 1,\n    "scripts": {\n        "vigil": "vigil run a.js"\n    }\n}',
    ],
    [
      'carriage returns',
      '{\r\n  "a": 1\r\n}\r\n',
      '{\r\n  "a": 1,\r\n  "scripts": {\r\n    "vigil": "vigil run a.js"\r\n  }\r\n}\r\n',
    ],
  ])('adds the script in the manner of the file: %s', async (_case, before, after) => {
    expect(await plan(before)).toMatchObject({ text: after, isReplacing: false });
  });

  it('keeps a file with the same script to the letter, and says when another would be lost', async () => {
    const same = '{"scripts":{"vigil":"vigil run a.js"}}';
    expect((await plan(same))?.text).toBe(same);
    expect(await plan('{"scripts":{"vigil":"mine"}}')).toMatchObject({ isReplacing: true });
  });

  it.each(['', '[]', '{'])('leaves a package.json alone that is %j', async (content) => {
    expect(await plan(content)).toBeNull();
  });
});
