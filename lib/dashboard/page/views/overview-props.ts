import type { ActionDesk } from '../action-desk.ts';
import type { LinkState } from '../session-link.ts';
import type { SessionModel } from '../session-model.ts';

export interface OverviewProps {
  readonly model: SessionModel;
  readonly link: LinkState;
  readonly desk: ActionDesk;
}
