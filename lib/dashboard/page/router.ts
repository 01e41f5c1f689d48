import { signal, type ReadonlySignal } from './ui.ts';

export type Place =
  | { readonly view: 'overview' }
  | { readonly view: 'trends' }
  | { readonly view: 'report'; readonly id: string };

/** Where in the page one is; it stands behind the `#` of the address, so that the back button works. */
export function watchPlace(): ReadonlySignal<Place> {
  const place = signal(readPlace());
  window.addEventListener('hashchange', () => {
    place.value = readPlace();
  });
  return place;
}

function readPlace(): Place {
  const [, view = '', id = ''] = location.hash.split('/');
  if (view === 'trends') return { view };
  if (view === 'crashes' && id !== '') return { view: 'report', id: decode(id) };
  return { view: 'overview' };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
