import { html, render } from '../ui.ts';
import { SessionList } from './session-list.ts';
import { SessionsPage } from './sessions-page.ts';

const root = document.querySelector('#page');
if (root !== null) {
  const list = new SessionList();
  root.replaceChildren();
  render(html`<${SessionsPage} list=${list} />`, root);
  list.retryNow();
}
