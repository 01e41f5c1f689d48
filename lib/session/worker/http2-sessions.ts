import type { Server } from 'node:net';

interface Session {
  close(): void;
  once(event: 'close', listener: () => void): unknown;
}

const SESSIONS = new WeakMap<Server, Set<Session>>();

/** Whether a server speaks HTTP/2, over TLS or not. */
export function isHttp2(server: Server): boolean {
  return 'updateSettings' in server;
}

/** Keeps account of the sessions of an HTTP/2 server, which Node itself cannot list. */
export function watchSessions(server: Server): void {
  if (!isHttp2(server)) return;
  const sessions = new Set<Session>();
  SESSIONS.set(server, sessions);
  server.on('session', (session: Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
}

/** Tells the clients to open no further streams; each session ends with its last one. */
export function closeSessions(server: Server): void {
  for (const session of SESSIONS.get(server) ?? []) session.close();
}
