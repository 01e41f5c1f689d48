import type { ControlReply, ControlRoute } from '../http/control-route.ts';
import type { Broker } from './broker.ts';

const MOST_LETTERS = 1000;

/** What can be asked of, and done with, the dead letters of a broker over HTTP. Ids are `clientId/id`. */
export function createDeadRoutes({ dead }: Pick<Broker, 'dead'>): ControlRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/dead',
      access: 'read',
      handle: async (request) => {
        const id = request.query('id');
        if (id === undefined) return json({ letters: await dead.list({ limit: MOST_LETTERS }) });
        const letter = await dead.find(id);
        return letter === undefined ? unknown(id) : json(letter);
      },
    },
    {
      method: 'POST',
      path: '/api/dead/replay',
      access: 'act',
      handle: async ({ body }) => {
        const id = String(body['id']);
        return (await dead.replay(id)) ? json({ replayed: id }) : unknown(id);
      },
    },
  ];
}

function unknown(id: string): ControlReply {
  const message = `no dead letter is of the job ${JSON.stringify(id)}`;
  return json({ error: { code: 'ERR_CONTROL_REQUEST', message } }, 404);
}

function json(body: unknown, status = 200): ControlReply {
  return { kind: 'json', body, status };
}
