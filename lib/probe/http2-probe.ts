import { VigilError } from '../errors.ts';
import type { ProbeTarget } from './http-probe.ts';

/** Asks a server that speaks HTTP/2, which is not understood in HTTP/1. @lazy */
export async function askOverHttp2(target: ProbeTarget, signal: AbortSignal): Promise<number> {
  const http2 = require('node:http2') as typeof import('node:http2');
  const session = http2.connect(`${target.protocol}//localhost`, {
    createConnection: target.connect,
  });
  const end = (): void => {
    session.destroy();
  };
  signal.addEventListener('abort', end);
  try {
    return await new Promise((resolve, reject) => {
      let status = 0;
      session.on('error', reject);
      const request = session.request({ ':path': target.route, 'user-agent': 'vigil-probe' });
      request.on('error', reject);
      request.on('response', (headers) => {
        status = headers[':status'] ?? 0;
      });
      request.on('end', () => {
        resolve(status);
      });
      request.on('close', () => {
        reject(new VigilError('ERR_PROBE_FAILED', 'the answer was cut off'));
      });
      request.resume();
    });
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}
