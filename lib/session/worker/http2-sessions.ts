import type { Server } from 'node:net';
import type { Clock } from '../../util/clock.ts';
import type { OpenRequest } from '../contract.ts';
import { isHttp2 } from './is-http2.ts';
import { createOpenRequest } from './open-request.ts';

const OPENED = Symbol('vigil.opened');

interface Stream {
  [OPENED]?: { readonly headers: Readonly<Record<string, string>>; readonly at: number };
}

interface Session {
  readonly destroyed: boolean;
  close(): void;
  ping(done: () => void): boolean;
  on(event: 'stream', listener: (stream: Stream, headers: Record<string, string>) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
}

interface SessionState {
  readonly streams?: { readonly values?: () => Iterable<Stream> };
}

const SESSIONS = new WeakMap<Server, Set<Session>>();

/** Keeps account of the sessions of an HTTP/2 server, which Node itself cannot list. @lazy */
export function watchSessions(server: Server, clock: Clock): void {
  const sessions = new Set<Session>();
  SESSIONS.set(server, sessions);
  server.on('session', (session: Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('stream', (stream, headers) => {
      stream[OPENED] = { headers, at: clock.now() };
    });
  });
}

/**
 * Tells the clients to open no further streams; each session ends with its last one.
 *
 * Told at once, a client that has just sent its request would be refused: its answer to a ping comes after
 * the request.
 */
export function sendSessionsAway(server: Server): void {
  if (!isHttp2(server)) return;
  for (const session of SESSIONS.get(server) ?? []) sendAway(session);
  // Some connections are sessions only after the handshake that is under way.
  server.on('session', sendAway);
}

function sendAway(session: Session): void {
  if (session.destroyed) return;
  session.ping(() => {
    session.close();
  });
}

/** Ends the sessions of clients that do not answer; each as soon as no stream is open. */
export function closeSessions(server: Server): void {
  for (const session of SESSIONS.get(server) ?? []) session.close();
}

/** What is being answered in the sessions of an HTTP/2 server. */
export function openStreams(server: Server, now: number): OpenRequest[] {
  return [...(SESSIONS.get(server) ?? [])].flatMap(streamsOf).flatMap(({ [OPENED]: opened }) => {
    if (opened === undefined) return [];
    const { ':method': method, ':path': path } = opened.headers;
    return [createOpenRequest({ method, url: path, ageMs: now - opened.at })];
  });
}

/** Node lists the streams of a session only for itself: without that list there are none. */
function streamsOf(session: Session): Stream[] {
  const symbol = Object.getOwnPropertySymbols(session).find(
    ({ description }) => description === 'state',
  );
  if (symbol === undefined) return [];
  const state = (session as unknown as Record<symbol, SessionState | undefined>)[symbol];
  return typeof state?.streams?.values === 'function' ? [...state.streams.values()] : [];
}
