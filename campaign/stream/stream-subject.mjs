import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { findFreePort } from '../../bench/support/free-port.mjs';
import { ask } from '../support/ask.mjs';
import { expectThat } from '../support/broken-promise.mjs';
import { Command } from '../support/command.mjs';
import { eventually } from '../support/eventually.mjs';
import { MemoryWatch } from '../support/memory-watch.mjs';
import { SmallDisk } from '../support/small-disk.mjs';
import { EventSource } from './event-source.mjs';
import { streamFaults } from './stream-faults.mjs';
import { StreamReader } from './stream-reader.mjs';

const COMES_WITHIN_MS = 60_000;
const READERS = 3;

/** `vigil stream serve` with a journal, a steady sender, and readers that go on where they were. */
export class StreamSubject {
  static faults = streamFaults;
  static short = [
    'cut clients',
    'wrong configurations',
    'datagrams that are no events',
    'SIGKILL of the server',
    'binary messages',
    'a reader over HTTP that is cut',
    'broken frames',
    'SIGTERM of the server',
    'clients that come and go',
  ];
  port;
  channel;
  disk;
  source;
  readers = [];
  #command;
  #memory = new MemoryWatch();
  /** What the kernel is known to have dropped: of former openings of the channel, and of this one. */
  #dropped = { before: 0, now: 0 };

  static async start(workplace) {
    const subject = new StreamSubject();
    const cwd = workplace.createProject();
    subject.port = await findFreePort();
    subject.channel = { ip: '127.0.0.1', port: await findFreePort() };
    subject.disk = new SmallDisk(join(cwd, 'journals'));
    const args = ['stream', 'serve', '-p', String(subject.port), '--journal', 'journals/all.lwes'];
    subject.#command = new Command({ workplace, cwd, args: [...args, '-m', '1'] });
    await subject.#launch();
    const { encodeEvent } = createRequire(import.meta.url)(join(workplace.vigil, 'dist/stream'));
    subject.source = new EventSource(subject.channel.port, encodeEvent);
    const url = `ws://127.0.0.1:${String(subject.port)}/websocket/lwes`;
    subject.readers = Array.from({ length: READERS }, () => new StreamReader(url, subject.channel));
    await subject.check();
    return subject;
  }

  get url() {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  get pid() {
    return this.#command.pid;
  }

  get summary() {
    const received = this.readers.reduce((sum, reader) => sum + reader.received, 0);
    return `${String(this.source.sent)} events sent, ${String(received)} received in order by ${String(READERS)} readers`;
  }

  get lastOutput() {
    return this.#command.lastLines;
  }

  /** Ends the server, and starts another. */
  async replace(signal) {
    await this.#noteDrops();
    if (signal === 'SIGTERM') await this.#command.stop();
    else await this.#command.kill();
    this.#dropped = { before: this.#dropped.before + this.#dropped.now, now: 0 };
    await this.#launch();
  }

  /** What must hold after every fault. */
  async check() {
    await this.#awaitReady();
    const upTo = this.source.sent;
    await eventually(
      () =>
        `every reader gets events: ${this.readers.map(({ last }) => last).join(', ')} of ${String(upTo)}`,
      COMES_WITHIN_MS,
      () => this.readers.every(({ last }) => last > upTo),
    );
    await eventually(
      () =>
        `every gap is told: missing ${this.readers.map(({ untold }) => untold).join(', ')}, dropped by the kernel ${String(this.#drops)}`,
      COMES_WITHIN_MS,
      async () => {
        await this.#noteDrops();
        return this.readers.every(({ untold }) => untold <= this.#drops);
      },
    );
    const [first] = this.readers.flatMap(({ broken }) => broken);
    expectThat(first === undefined, `what no reader may see: ${String(first)}`);
    this.#memory.check(this.pid);
  }

  async finish() {
    for (const reader of this.readers) reader.close();
    await eventually('a channel without clients is closed', COMES_WITHIN_MS, async () => {
      const channels = await this.#readChannels();
      return channels !== null && channels.length === 0 && !hasUdpSocket(this.channel.port);
    });
    await this.#command.stop();
  }

  async abandon() {
    for (const reader of this.readers) reader.close();
    await this.source?.close();
    await this.#command?.abandon();
    this.disk?.unmount();
  }

  get #drops() {
    return this.#dropped.before + this.#dropped.now;
  }

  async #launch() {
    this.#command.launch();
    await this.#awaitReady();
  }

  async #awaitReady() {
    await eventually('the stream server is ready', COMES_WITHIN_MS, async () => {
      return (await ask(`${this.url}/readyz`))?.status === 200;
    });
  }

  async #readChannels() {
    const answer = await ask(`${this.url}/api/channels`);
    return answer?.status === 200 ? JSON.parse(answer.text) : null;
  }

  /** A channel that is opened again counts from nothing. */
  async #noteDrops() {
    const [channel] = (await this.#readChannels()) ?? [];
    const now = channel?.kernelDrops ?? 0;
    const { before, now: earlier } = this.#dropped;
    this.#dropped = now < earlier ? { before: before + earlier, now } : { before, now };
  }
}

function hasUdpSocket(port) {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const table = readFileSync('/proc/net/udp', 'latin1');
  return new RegExp(`^ *\\d+: [0-9A-F]{8}:${hex} `, 'm').test(table);
}
