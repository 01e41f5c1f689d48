import type { AdminAnswer } from '../modules/admin-module.ts';
import type { ModuleDesk, Sender } from '../modules/module-desk.ts';
import type { AdminCommand, AdminNotice, AdminRequest } from '../protocol/admin-message.ts';
import { isPlainRecord } from '../protocol/plain-record.ts';
import type { AdminAudit } from './admin-audit.ts';
import { decidePermission, DENIED } from './decide-permission.ts';

export interface ClientCall {
  readonly message: AdminRequest | AdminNotice | AdminCommand;
  readonly from: Extract<Sender, { kind: 'client' }>;
  readonly address: string;
  /** Null for what wants no answer. */
  readonly answer: AdminAnswer | null;
}

/** Passes on what a client asks for, if it may have it, and writes down that it did. */
export class ClientCalls {
  readonly #desk: ModuleDesk;
  readonly #audit: Pick<AdminAudit, 'append'>;

  constructor(desk: ModuleDesk, audit: Pick<AdminAudit, 'append'>) {
    this.#desk = desk;
    this.#audit = audit;
  }

  take(call: ClientCall): void {
    const { message, from, answer } = call;
    const { moduleId, body } = message;
    const command = message.kind === 'command' ? message.command : null;
    const isAllowed = decidePermission(from.level, { command, moduleId, body });
    this.#writeDown(call, isAllowed);
    if (!isAllowed) answer?.(new Error(DENIED));
    else if (message.kind === 'command')
      this.#desk.command({ command: message.command, moduleId, from, answer });
    else this.#desk.deliver({ moduleId: message.moduleId, body: signed(body, from), from, answer });
  }

  #writeDown({ message, from, address }: ClientCall, isAllowed: boolean): void {
    this.#audit.append({
      user: from.user,
      clientId: from.id,
      address,
      action: message.kind === 'command' ? 'command' : 'execute',
      outcome: isAllowed ? 'accepted' : 'refused',
      ...(message.moduleId === null ? {} : { moduleId: message.moduleId }),
      ...(message.kind === 'command' ? { command: message.command } : {}),
      body: message.body,
    });
  }
}

/** Clients say in each request who they are; what modules read there is what they have proven. */
function signed(body: unknown, { id, user }: { id: string; user: string }): unknown {
  return isPlainRecord(body) ? { ...body, clientId: id, username: user } : body;
}
