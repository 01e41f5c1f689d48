import type { AuditEntry } from '../../lib/fleet/admin/admin-audit.ts';
import { AdminCredentials } from '../../lib/fleet/admin/admin-credentials.ts';
import type { AdminServerEvent } from '../../lib/fleet/admin/admin-event.ts';
import { AdminServer, type AdminServerSettings } from '../../lib/fleet/admin/admin-server.ts';
import type { ModuleCall, ModuleCommand } from '../../lib/fleet/modules/module-desk.ts';
import type { AdminUser, TypeToken } from '../../lib/fleet/plan/server-entry.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { ForeignPeer } from '../support/foreign-peer.ts';

const USERS: readonly AdminUser[] = [
  { id: '1', username: 'admin', password: 'secret-1', level: 1 },
  { id: '2', username: 'guest', password: 'secret-2', level: 2 },
];
export const TOKENS: readonly TypeToken[] = [
  { type: 'chat', token: 'chat-token' },
  { type: 'gate', token: 'gate-token' },
];

export interface Master {
  readonly port: number;
  readonly server: AdminServer;
  readonly events: AdminServerEvent[];
  readonly calls: ModuleCall[];
  readonly commands: ModuleCommand[];
  readonly audit: AuditEntry[];
}

const open: AdminServer[] = [];
const peers: ForeignPeer[] = [];

export async function startMaster({
  users = USERS,
  tokens = TOKENS,
  env = 'production',
  respond = (call: ModuleCall): void => call.answer?.(null, { got: call.body }),
  ...settings
}: Partial<AdminServerSettings> & {
  users?: readonly AdminUser[] | null;
  tokens?: readonly TypeToken[] | null;
  env?: string;
  respond?: (call: ModuleCall) => void;
} = {}): Promise<Master> {
  const events: AdminServerEvent[] = [];
  const calls: ModuleCall[] = [];
  const commands: ModuleCommand[] = [];
  const audit: AuditEntry[] = [];
  const server = new AdminServer({
    clock: systemClock,
    host: '127.0.0.1',
    port: 0,
    tls: null,
    credentials: new AdminCredentials({ env, users, tokens, localKey: 'the-local-key' }),
    desk: {
      deliver: (call) => {
        calls.push(call);
        respond(call);
      },
      command: (command) => {
        commands.push(command);
        command.answer?.(null, 1);
      },
    },
    audit: { append: (entry) => audit.push(entry) },
    onEvent: (event) => events.push(event),
    ...settings,
  });
  open.push(server);
  return { port: await server.listen(), server, events, calls, commands, audit };
}

export async function connect({ port }: { port: number }): Promise<ForeignPeer> {
  const peer = await ForeignPeer.connect(port);
  peers.push(peer);
  return peer;
}

export async function monitorOf(master: Master, id: string): Promise<ForeignPeer> {
  const peer = await connect(master);
  await peer.registerMonitor(id, { token: 'chat-token' });
  return peer;
}

export async function clientOf(master: Master, name = 'admin'): Promise<ForeignPeer> {
  const peer = await connect(master);
  const password = USERS.find(({ username }) => username === name)?.password ?? '';
  const answer = await peer.registerClient(`pinus_list_${name}`, { username: name, password });
  expect(answer).toMatchObject({ code: 1, msg: 'ok' });
  return peer;
}

/** Ends everything that a test has started. */
export async function endAll(): Promise<void> {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await Promise.all(open.splice(0).map((server) => server.close()));
  await assertNoLeaks();
}
