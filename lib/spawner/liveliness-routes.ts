import type { ControlReply, ControlRequest, ControlRoute } from '../http/control-route.ts';
import { answerEmpty, answerJson, route } from './http-answers.ts';
import { parseLivelinessTarget } from './liveliness-target.ts';
import type { LivelinessWord, Spawn } from './spawn.ts';

export interface LivelinessPort {
  /** Whether the id alone may report. */
  readonly acceptsPlainIds: boolean;
  find(id: string): Spawn | undefined;
  hear(spawn: Spawn, word: LivelinessWord, isActive?: boolean): void;
  log(line: string): void;
}

const WORDS: readonly LivelinessWord[] = ['ready', 'ping', 'disconnect'];

/** Where the servers say that they live: open to all, for the address is their key. */
export function createLivelinessRoutes(port: LivelinessPort): ControlRoute[] {
  return ['liveliness', 'api/spawns'].map((base) =>
    route('POST', `/:target{${base}.+}`, {
      access: 'open',
      ignoresBody: true,
      handle: (request) => take(request, request.param('target').slice(base.length), port),
    }),
  );
}

function take(request: ControlRequest, rest: string, port: LivelinessPort): ControlReply {
  const { id, secret } = parseLivelinessTarget(rest);
  const spawn = port.find(id);
  const isAllowed =
    spawn !== undefined &&
    (secret === null ? port.acceptsPlainIds : secret === spawn.identity.secret);
  if (!isAllowed) {
    port.log(`unknown id: ${id.slice(0, 64)}`);
    return answerJson({ error: 'invalid spawnId.' }, 404);
  }
  const given = request.query('liveliness');
  const word = WORDS.find((known) => known === given);
  if (word === undefined) return answerJson({ error: 'invalid liveliness value' }, 400);
  port.log(`liveliness ${word}: ${id}`);
  const active = request.query('active');
  port.hear(spawn, word, active === undefined ? undefined : active === '1' || active === 'true');
  return answerEmpty(200);
}
