import type { MonitorFacts } from './monitor-facts.ts';

/** What happens at the master's door. Texts may hold what strangers sent: they are escaped where they are shown. */
export type AdminServerEvent =
  | {
      readonly type: 'monitor.registered';
      readonly monitor: MonitorFacts;
      /** It was known before, and has come back. */
      readonly again: boolean;
    }
  | { readonly type: 'monitor.lost'; readonly id: string; readonly reason: string }
  /** It is alive: it has sent something. */
  | { readonly type: 'monitor.beat'; readonly id: string }
  | { readonly type: 'client.joined'; readonly id: string; readonly user: string }
  | { readonly type: 'client.left'; readonly id: string; readonly user: string }
  | {
      readonly type: 'registration.refused';
      readonly kind: 'client' | 'monitor' | 'stranger';
      /** As it was given. */
      readonly id: string | null;
      readonly address: string;
      readonly reason: string;
    }
  | { readonly type: 'module.trouble'; readonly moduleId: string; readonly error: unknown };
