import WebSocket from 'ws';
import type { Broker, BrokerSettings, JobDelivery } from '../../../lib/jobs/broker.ts';
import { JobGateway } from '../../../lib/jobs/gateway/job-gateway.ts';
import type { JobsOptions } from '../../../lib/jobs/jobs-options.ts';
import { openBroker } from '../../../lib/jobs/open-broker.ts';
import { Inbox } from '../inbox.ts';

export type Message = Record<string, unknown> & { readonly type: string };

/** A client that says what it is told to, and keeps what it hears. */
export class RawClient {
  readonly inbox = new Inbox<Message>();
  readonly closed: Promise<number>;
  readonly socket: WebSocket;
  hello: Message = { type: 'none' };

  constructor(url: string, options: WebSocket.ClientOptions = {}) {
    this.socket = new WebSocket(url, options);
    this.socket.on('message', (data: Buffer) => {
      this.inbox.put(JSON.parse(data.toString()) as Message);
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('error', () => undefined);
      this.socket.on('close', resolve);
    });
  }

  static async open(url: string): Promise<RawClient> {
    const client = new RawClient(url);
    client.hello = await client.inbox.next();
    return client;
  }

  say(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  job(id: string, rest: object = {}): void {
    this.say({ type: 'job', id, name: 'work', args: { id }, ...rest });
  }

  /** The next message of these types; those before it are passed over. */
  async hear(...types: string[]): Promise<Message> {
    for (;;) {
      const message = await this.inbox.next();
      if (types.includes(message.type)) return message;
    }
  }

  async end(): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }
}

/** One broker in memory, with gateways, clients and a worker of the name `work`. */
export class GatewayRig {
  readonly broker: Broker;
  readonly #gateways: JobGateway[] = [];
  readonly #clients: RawClient[] = [];

  private constructor(broker: Broker) {
    this.broker = broker;
  }

  static async open(settings: Partial<BrokerSettings> = {}): Promise<GatewayRig> {
    return new GatewayRig(await openBroker('memory:', settings));
  }

  async gateway(
    options: JobsOptions = {},
    broker = this.broker,
  ): Promise<{ gateway: JobGateway; url: string }> {
    const gateway = new JobGateway({ port: 0, drainSeconds: 0, ...options }, { broker });
    this.#gateways.push(gateway);
    const { url } = await gateway.start();
    return { gateway, url };
  }

  async client(url: string): Promise<RawClient> {
    const client = await RawClient.open(url);
    this.#clients.push(client);
    return client;
  }

  /** A worker whose deliveries the test settles. */
  async worker(prefetch = 1000): Promise<Inbox<JobDelivery>> {
    const deliveries = new Inbox<JobDelivery>();
    await this.broker.consume({ names: ['work'], prefetch, onJob: deliveries.put });
    return deliveries;
  }

  /** A worker that answers each job with its arguments. */
  async echo(): Promise<void> {
    await this.broker.consume({
      names: ['work'],
      prefetch: 100,
      onJob: (delivery) => void this.answer(delivery, JSON.parse(delivery.job.args)),
    });
  }

  async answer(delivery: JobDelivery, value: unknown): Promise<void> {
    await this.reply(delivery, { ok: true, value });
  }

  async reply(delivery: JobDelivery, body: unknown): Promise<void> {
    const { replyTo, correlationId } = delivery.job;
    const text = JSON.stringify(body);
    await this.broker.post(replyTo, { kind: 'result', correlationId, body: text });
    await delivery.ack();
  }

  async end(): Promise<void> {
    for (const client of this.#clients) await client.end();
    for (const gateway of this.#gateways) await gateway.kill();
    await this.broker.close();
  }
}
