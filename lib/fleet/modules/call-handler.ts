import type { AdminAnswer } from './admin-module.ts';

/** Passes the first answer on; a notice has nobody to pass it to. */
export function answerOnce(
  answer: AdminAnswer | null,
  onTrouble: (error: unknown) => void,
): AdminAnswer {
  let isOpen = true;
  return (error, body) => {
    if (!isOpen) return;
    isOpen = false;
    try {
      answer?.(error, body);
    } catch (failure) {
      onTrouble(failure);
    }
  };
}

/** Calls a function of the user's; whatever it throws, at once or later, is its answer. */
export function callHandler(
  call: () => unknown,
  { answered, onTrouble }: { answered: AdminAnswer; onTrouble: (error: unknown) => void },
): void {
  const fail = (error: unknown): void => {
    onTrouble(error);
    answered(error instanceof Error ? error.message : error);
  };
  try {
    void Promise.resolve(call()).catch(fail);
  } catch (error) {
    fail(error);
  }
}
