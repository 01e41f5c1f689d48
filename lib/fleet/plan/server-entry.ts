import type { MailOptions } from '../../notify/mail.ts';

/** What a key of a server may hold. */
export type EntryValue = string | number | boolean | readonly string[];

/** One server of a fleet, as `config/servers.json` or an order to add it says. */
export interface ServerEntry {
  readonly id: string;
  readonly serverType: string;
  readonly host: string;
  readonly port?: number;
  /** Of the application: handed to the server as they are. */
  readonly [key: string]: EntryValue | undefined;
}

/** The master, as `config/master.json` says. Durations are seconds. */
export interface MasterEntry {
  readonly id: string;
  /** Where it listens, and where servers and clients look for it. */
  readonly host: string;
  readonly port: number;
  /** For `/healthz`, `/readyz` and `/metrics`; null: none. */
  readonly adminHttpPort: number | null;
  /** Who hears of crashes, over all servers; null: nobody. */
  readonly mail: MailOptions | null;
  /** Files in PEM, absolute; null: no TLS. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
  /** Arguments for the ssh client, for all other hosts. */
  readonly sshParams: readonly string[];
  /** Names of variables of the master's environment that servers on other hosts get as well. */
  readonly sendEnvironment: readonly string[];
  readonly startDeadlineSeconds: number;
  readonly stopDeadlineSeconds: number;
  readonly silenceSeconds: number;
}

/** One of those who may log in, as `config/adminUser.json` says. */
export interface AdminUser {
  readonly id: string;
  readonly username: string;
  /** Plain, or `scrypt$N$r$p$salt$hash`. */
  readonly password: string;
  /** 1 may change things, 2 may look. */
  readonly level: number;
}

/** What servers of a type must name to register, as `config/adminServer.json` says. */
export interface TypeToken {
  readonly type: string;
  readonly token: string;
}

/** All that the files of `config/` say about one fleet. */
export interface FleetPlan {
  /** Absolute. */
  readonly base: string;
  readonly env: string;
  readonly master: MasterEntry;
  /** In the order of the file; those of one type need not stand together. */
  readonly servers: readonly ServerEntry[];
  /** Null without the file: every server is accepted. */
  readonly tokens: readonly TypeToken[] | null;
  /** Null without the file. */
  readonly users: readonly AdminUser[] | null;
}
