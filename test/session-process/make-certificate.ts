import { execFileSync } from 'node:child_process';
import { makeTempDirectory } from '../support/temp-directory.ts';

/** @returns a new folder with `key.pem` and `cert.pem` */
export async function makeCertificate(): Promise<string> {
  const cwd = await makeTempDirectory();
  const words = 'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=shop.example';
  const files = '-keyout key.pem -out cert.pem';
  execFileSync('openssl', `${words} ${files}`.split(' '), { cwd, stdio: 'ignore' });
  return cwd;
}
