import type { Place } from '../router.ts';
import type { SessionLink } from '../session-link.ts';
import type { SessionModel } from '../session-model.ts';

/** What a view is given that is loaded when it is first looked at. */
export interface LateViewProps {
  readonly place: Place;
  readonly model: SessionModel;
  readonly link: SessionLink;
}
