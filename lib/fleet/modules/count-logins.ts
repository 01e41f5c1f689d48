import type { ModuleApp } from './module-app.ts';

/** What the application says that its users are: `app.set('onlineUsers', () => […])`. */
export function countLogins(app: ModuleApp): object {
  const list = app.get('onlineUsers');
  const users: unknown = typeof list === 'function' ? (list as () => unknown)() : list;
  const loginedList: readonly unknown[] = Array.isArray(users) ? users : [];
  return { loginedCount: loginedList.length, loginedList };
}
