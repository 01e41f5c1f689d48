import { runInNewContext } from 'node:vm';
import type { ModuleApp } from './module-app.ts';

const RUN_MS = 5000;

/** Runs the text of a client in this process; its answer is what it leaves in `result`, else the value of its end. @lazy */
export function runScript(app: ModuleApp, script: unknown): string {
  const context = { app, result: undefined as unknown };
  const value: unknown = runInNewContext(String(script), context, {
    timeout: RUN_MS,
    filename: 'script',
  });
  return toText(context.result === undefined ? value : context.result);
}

function toText(result: unknown): string {
  if (typeof result === 'string') return result;
  // Undefined for a function, and for undefined itself.
  const text = JSON.stringify(result) as string | undefined;
  return text ?? String(result);
}
