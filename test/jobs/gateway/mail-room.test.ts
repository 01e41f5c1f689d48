import { randomUUID } from 'node:crypto';
import type { Broker, Mail, News } from '../../../lib/jobs/broker.ts';
import { createCorrelationId } from '../../../lib/jobs/gateway/correlation.ts';
import { MailRoom, type MailRoomPorts } from '../../../lib/jobs/gateway/mail-room.ts';
import { SessionMoves, type SessionMovesPorts } from '../../../lib/jobs/gateway/session-moves.ts';
import { ManualClock } from '../../../lib/util/manual-clock.ts';

const [OWN, DEAD, FORMER] = [randomUUID(), randomUUID(), randomUUID()];
const CLIENT = randomUUID();
const CORRELATION = createCorrelationId(`${CLIENT}/job-1`);
const NEWS: News = { kind: 'progress', correlationId: CORRELATION, body: '1' };

/** A room that reads the mailboxes of two dead gateways, of a client that had gone to one of them last. */
async function openRoom(): Promise<{ told: string[]; tell: (mailbox: string) => void }> {
  const told: string[] = [];
  const readers = new Map<string, (news: News) => void>();
  const broker = {
    openMailbox: ({ id, onNews }: { id: string; onNews: (news: News) => void }) => {
      readers.set(id, onNews);
      return Promise.resolve({ address: id, close: () => Promise.resolve() });
    },
    tell: (address: string, news: News) => {
      told.push(address);
      if (told.length < 10) readers.get(address)?.(news);
    },
  };
  const room = new MailRoom({
    ...{ broker: broker as unknown as Broker, clock: new ManualClock(), id: OWN },
    keeper: () => ({ hearNews: () => false }),
    moves: () => ({ whereIs: () => DEAD }),
    warn: () => undefined,
  } as unknown as MailRoomPorts);
  await room.open();
  await room.standBy(DEAD);
  await room.standBy(FORMER);
  return { told, tell: (mailbox) => readers.get(mailbox)?.(NEWS) };
}

describe('what comes from the mailbox of a dead gateway, whose client went there last', () => {
  it('is not sent there again when it is news: it would come back for ever', async () => {
    const { told, tell } = await openRoom();
    tell(DEAD);
    expect(told).toEqual([]);
    tell(FORMER);
    expect(told).toEqual([DEAD]);
  });

  it('is kept until the client comes when it is a letter, and is sent there only from elsewhere', () => {
    const forwarded: string[] = [];
    const moves = new SessionMoves({
      id: OWN,
      room: {
        forward: (to: string) => {
          forwarded.push(to);
          return Promise.resolve();
        },
      },
      sessions: { sessionOf: () => null },
    } as unknown as SessionMovesPorts);
    const mail: Mail = {
      ...{ kind: 'result', correlationId: CORRELATION, body: '{}', redelivered: false },
      settle: () => undefined,
    };
    moves.read(OWN, { note: 'moved', clientId: CLIENT, to: DEAD, homes: [] }, mail);
    expect(moves.takeMail(FORMER, CLIENT, { mail, isOwn: false })).toBe(true);
    expect(forwarded).toEqual([DEAD]);
    expect(moves.takeMail(DEAD, CLIENT, { mail, isOwn: false })).toBe(true);
    expect([forwarded, moves.orphans]).toEqual([[DEAD], 1]);
  });
});
