import type { AdminAnswer } from './admin-module.ts';

/** Who sent something, as the wire has made sure of. */
export type Sender =
  | {
      readonly kind: 'client';
      readonly id: string;
      readonly user: string;
      /** 1 may change things, 2 may look. */
      readonly level: number;
    }
  | { readonly kind: 'monitor'; readonly id: string; readonly type: string }
  | { readonly kind: 'master' };

/** A request or a notice for a module. */
export interface ModuleCall {
  readonly moduleId: string;
  readonly body: unknown;
  readonly from: Sender;
  /** Null for a notice. To be called at most once; further calls do nothing. */
  readonly answer: AdminAnswer | null;
}

/** A command about the modules themselves. */
export interface ModuleCommand {
  /** As it came: `list`, `enable` and `disable` are known. */
  readonly command: string;
  readonly moduleId: string | null;
  readonly from: Sender;
  readonly answer: AdminAnswer | null;
}

/** Where the wire delivers what has arrived; neither function throws. */
export interface ModuleDesk {
  deliver(call: ModuleCall): void;
  command(command: ModuleCommand): void;
}
