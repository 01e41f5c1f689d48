import type { ControlClient } from '../http/control-client.ts';
import { chooseSession, type ChosenSession } from './chosen-session.ts';
import { formatEvent } from './event-text.ts';
import { EXIT } from './exit-codes.ts';
import { createInterruption } from './interruption.ts';
import { LINES_FLAG, readLineCount } from './line-count.ts';
import { type LoggedEvent, type PastEvents, readPastEvents } from './past-events.ts';
import { connectSession, isNotRunning } from './session-connection.ts';
import { JSON_FLAG, SESSION_FLAGS_WITHOUT_N } from './session-flags.ts';
import type { Verb, VerbCall } from './verb.ts';

/** `vigil events`. @lazy */
export const eventsVerb: Verb = {
  name: 'events',
  describe: 'shows what happened in the session',
  flags: [
    { name: 'follow', alias: 'f', kind: 'switch', describe: 'go on with what happens' },
    LINES_FLAG,
    ...SESSION_FLAGS_WITHOUT_N,
    { ...JSON_FLAG, describe: 'print one JSON object a line' },
  ],
  async run(call) {
    const count = readLineCount(call.arguments);
    const session = chooseSession(call);
    const client = await connectIfRunning(session, call);
    const past = await readPast(session, client, count);
    if (past.unreadable > 0) {
      const lines = past.unreadable === 1 ? '1 line' : `${past.unreadable} lines`;
      call.output.note(`${lines} of the event log could not be read: left out`);
    }
    for (const event of past.events) printEvent(event, call);
    if (!call.arguments.isOn('follow')) return EXIT.ok;
    if (client === null) {
      call.output.note(`the session "${session.name}" is not running: there is nothing to follow`);
      return EXIT.ok;
    }
    return followEvents(client, past.last, call);
  },
};

async function connectIfRunning(
  session: ChosenSession,
  call: VerbCall,
): Promise<ControlClient | null> {
  try {
    return (await connectSession(session, call.clock)).client;
  } catch (error) {
    if (isNotRunning(error)) return null;
    throw error;
  }
}

interface Past extends PastEvents {
  /** The number of the newest event, shown or not; 0 when the session is not running. */
  readonly last: number;
}

/** The newest events are asked of the monitor, as the file may be a moment behind; the file knows older ones. */
async function readPast(
  session: ChosenSession,
  client: ControlClient | null,
  count: number,
): Promise<Past> {
  const { stateDirectory } = session.options;
  if (client === null) return { ...readPastEvents(stateDirectory, count), last: 0 };
  const recent: LoggedEvent[] = [];
  const all = new AbortController().signal;
  for await (const event of client.lines(`/events?n=${Math.max(count, 1)}`, all)) {
    recent.push(event as LoggedEvent);
  }
  const last = recent.at(-1)?.seq ?? 0;
  if (count === 0) return { events: [], unreadable: 0, last };
  const [first] = recent;
  if (first === undefined || recent.length >= count) return { events: recent, unreadable: 0, last };
  const { events, unreadable } = readPastEvents(stateDirectory, count);
  const known = events.findIndex(({ seq, at }) => seq === first.seq && at === first.at);
  const older = known === -1 ? events : events.slice(0, known);
  return { events: [...older, ...recent].slice(-count), unreadable, last };
}

/** How many events are asked for anew when the line was lost: as many as the monitor remembers. */
const CATCH_UP = 1000;

async function followEvents(client: ControlClient, from: number, call: VerbCall): Promise<number> {
  const signal = createInterruption();
  let last = from;
  let isToGoOn = true;
  while (isToGoOn) {
    isToGoOn = false;
    for await (const line of client.lines(`/events?follow=1&n=${CATCH_UP}`, signal)) {
      const event = line as LoggedEvent;
      // The monitor lets go of a reader that is slower than the events; it may come again.
      if (event.type === 'stream.dropped') isToGoOn = true;
      else if (event.seq > last) {
        last = event.seq;
        printEvent(event, call);
      }
    }
  }
  return EXIT.ok;
}

function printEvent(event: LoggedEvent, { arguments: given, output }: VerbCall): void {
  if (given.isOn('json')) output.printJsonLine(event);
  else output.print(formatEvent(event, output));
}
