import { countCrashes, listPlaces, sumUpPlaces } from './crash-places.ts';
import { describeDeath } from './crash-wording.ts';
import type { FleetCrash } from './fleet-crash.ts';
import type { MailDocument } from './mail-document.ts';
import type { NoticeSender } from './notice.ts';

/** The mail about crashes of one cause in a fleet: what happened, which servers had it, and the evidence. */
export function composeFleetCrashMail(crash: FleetCrash, sender: NoticeSender): MailDocument {
  const { cause, errorLine, at, lastAt, evidence, lastWords, where } = crash;
  const [first] = where;
  const count = countCrashes(where);
  const often = count === 1 ? 'once' : `${String(count)} times`;
  const when = at === lastAt ? at : `between ${at} and ${lastAt}`;
  return {
    subject: `[vigil] ${sender.name}: ${cause}: ${errorLine}: ${sumUpPlaces(where)}`,
    headline: `${sender.name}: ${errorLine}`,
    blocks: [
      { kind: 'text', text: `${describeDeath(crash)}\n${sumUpPlaces(where)}, ${often}, ${when}.` },
      { kind: 'list', title: 'Servers that had it', items: listPlaces(where) },
      { kind: 'list', title: 'Evidence', items: evidence },
      { kind: 'code', title: `Last words of ${first?.server ?? 'it'}`, lines: lastWords },
      {
        kind: 'text',
        text:
          'How the servers are now: vigil fleet list\nEvery such end: logs/crash.log\n' +
          'Further ones of this cause, of whichever server, are told together.',
      },
    ],
  };
}
