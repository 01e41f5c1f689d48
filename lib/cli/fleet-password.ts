import { text } from 'node:stream/consumers';
import { VigilError } from '../errors.ts';
import { hashPassword } from '../fleet/admin/stored-password.ts';
import { EXIT } from './exit-codes.ts';
import type { Verb } from './verb.ts';

/** `vigil fleet password`. @lazy */
export const fleetPasswordVerb: Verb = {
  name: 'fleet password',
  describe: 'reads a password and prints what config/adminUser.json may hold instead of it',
  flags: [],
  examples: ['read -rs P && printf %s "$P" | vigil fleet password'],
  async run({ output }) {
    if (process.stdin.isTTY) output.note('type the password, then Enter and Ctrl-D');
    const given = await text(process.stdin);
    const password = given.replace(/\r?\n$/, '');
    if (password === '')
      throw new VigilError('ERR_USAGE', 'no password came on the standard input');
    output.print(await hashPassword(password));
    return EXIT.ok;
  },
};
