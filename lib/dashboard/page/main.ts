import { ActionDesk } from './action-desk.ts';
import { App } from './app.ts';
import { watchPlace } from './router.ts';
import { SessionLink } from './session-link.ts';
import { SessionModel } from './session-model.ts';
import { html, render } from './ui.ts';

const root = document.querySelector('#page');
if (root !== null) {
  const model = new SessionModel();
  const link = new SessionLink(model);
  root.replaceChildren();
  render(
    html`<${App} model=${model} link=${link} desk=${new ActionDesk(link)} place=${watchPlace()} />`,
    root,
  );
  link.retryNow();
}
