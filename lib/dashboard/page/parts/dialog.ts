import './form.css';
import { html, useEffect, useRef, type Child, type VNode } from '../ui.ts';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children?: Child;
}

/** A question that wants an answer before anything else; Escape takes it back. */
export function Dialog({ title, onClose, children }: DialogProps): VNode {
  const box = useRef<HTMLDialogElement>(null);
  const isOver = useRef(false);
  useEffect(() => {
    const shown = box.current;
    shown?.showModal();
    // Closed, not only taken away: the focus goes back to where it was.
    return () => {
      isOver.current = true;
      shown?.close();
    };
  }, []);
  // Told of late: by then another question may stand there.
  const end = (): void => {
    if (isOver.current) return;
    isOver.current = true;
    onClose();
  };
  return html`<dialog ref=${box} aria-labelledby="question" onClose=${end}>
    <h2 id="question">${title}</h2>
    ${children}
  </dialog>`;
}
