import { resolve } from 'node:path';
import { request } from '../support/request.ts';
import { type StartedChild, startNode } from '../support/start-child.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { ChannelView } from '../../lib/stream/stream-status.ts';
import { StreamTestClient } from './stream-client.ts';

export const CLI = resolve(__dirname, '../../dist/cli/main.js');

/** Starts `vigil stream serve` on a free port. */
export async function startStream(args: readonly string[] = []): Promise<RunningStream> {
  const child = startNode([CLI, 'stream', 'serve', '-p', '0', ...args]);
  const [, url = ''] = await child.waitForLine(/^stream listens at (\S+)$/);
  return new RunningStream(child, url);
}

export class RunningStream {
  readonly child: StartedChild;
  readonly url: string;

  constructor(child: StartedChild, url: string) {
    this.child = child;
    this.url = url;
  }

  /** The address of what is asked over HTTP. */
  get http(): string {
    return new URL(this.url.replace(/^ws/, 'http')).origin;
  }

  dial(headers: Record<string, string> = {}): Promise<StreamTestClient> {
    return StreamTestClient.open(this.url, { headers });
  }

  async channels(): Promise<ChannelView[]> {
    const { body } = await request(`${this.http}/api/channels`);
    return JSON.parse(body) as ChannelView[];
  }

  /** Resolves when so many events wait for the clients, all together. */
  async waitUntilQueued(count: number): Promise<void> {
    let queued = 0;
    await waitUntil(
      async () => {
        const clients = (await this.channels()).flatMap(({ keys }) =>
          keys.flatMap(({ configs }) => configs.flatMap((config) => config.clients)),
        );
        queued = clients.reduce((sum, client) => sum + client.queued, 0);
        return queued >= count ? true : undefined;
      },
      () => `${queued} events wait instead of ${count}`,
    );
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.child.waitForExit();
  }
}
