import { Polled } from '../polled.ts';
import { html, render } from '../ui.ts';
import { SessionsPage, type SessionsAnswer } from './sessions-page.ts';

const root = document.querySelector('#page');
if (root !== null) {
  const list = new Polled<SessionsAnswer>('sessions', 'This is not the key of this dashboard.');
  root.replaceChildren();
  render(html`<${SessionsPage} list=${list} />`, root);
  list.retryNow();
}
