import type { SampleSeries } from '../../http/sample-series.ts';
import type { CrashSummary } from '../../report/crash-store.ts';
import type { FeedItem, FeedMessage } from '../../session/feed-item.ts';
import type { SessionStatus } from '../../session/monitor/session-status.ts';
import type { SessionEvent } from '../../session/session-event.ts';
import { ApiError, ask, askLines, toByteString } from './api.ts';
import { keyStore } from './key-store.ts';
import type { SessionModel } from './session-model.ts';
import { signal } from './ui.ts';

export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** The live feed cannot be had; the session is asked again and again instead. */
  | { readonly kind: 'polling' }
  /** The session shows nothing without its key. */
  | { readonly kind: 'locked'; readonly why: string | null }
  | { readonly kind: 'offline'; readonly since: number; readonly retryAt: number };

const POLL_MS = 2000;
const TRY_LIVE_AGAIN_MS = 30_000;
/** The feed tells the status every second: longer than this it is silent only when it is broken. */
const SILENCE_MS = 8000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 15_000;
const WRONG_KEY = 'This is not the right key.';
/** Browsers cannot send a header with a WebSocket; the key travels as one of the offered protocols. */
const PROTOCOL = 'vigil.live';

/** Keeps the model fed: by the live feed, by polling where there is none, and again after a break. */
export class SessionLink {
  readonly state = signal<LinkState>({ kind: 'connecting' });
  readonly key = signal(keyStore.read());
  readonly #model: SessionModel;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #offlineSince: number | null = null;
  #liveAgainAt = 0;

  constructor(model: SessionModel) {
    this.#model = model;
    window.addEventListener('online', () => {
      this.retryNow();
    });
  }

  /** @returns what is wrong with the key; null when it is right */
  async unlock(key: string): Promise<string | null> {
    try {
      // A key that is sent is looked at, also where none is needed.
      await ask('status', key);
    } catch (error) {
      if (error instanceof ApiError && error.isRefused) return WRONG_KEY;
      return error instanceof Error ? error.message : String(error);
    }
    this.key.value = key;
    keyStore.write(key);
    if (this.state.value.kind === 'locked') this.retryNow();
    return null;
  }

  forgetKey(): void {
    this.key.value = null;
    keyStore.write(null);
  }

  retryNow(): void {
    clearTimeout(this.#timer);
    this.#failures = 0;
    if (this.#socket === null) void this.#connect();
  }

  /** The first contact is by HTTP, because a WebSocket that is refused does not say why. */
  async #connect(): Promise<void> {
    try {
      await this.#readStatus();
      this.#offlineSince = null;
      this.#failures = 0;
      if (Date.now() >= this.#liveAgainAt) this.#openSocket();
      else await this.#poll();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #readStatus(): Promise<void> {
    const status = (await ask('status', this.key.value)) as SessionStatus;
    this.#model.take([{ name: 'status', attrs: status }]);
  }

  #openSocket(): void {
    const address = new URL('live', location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    const { value: key } = this.key;
    const protocols = key === null ? [PROTOCOL] : [PROTOCOL, `vigil.key.${encodeKey(key)}`];
    const socket = new WebSocket(address, protocols);
    this.#socket = socket;
    let wasOpen = false;
    this.#watchSilence();
    socket.addEventListener('message', ({ data }) => {
      this.#watchSilence();
      wasOpen = true;
      this.#receive(String(data));
    });
    socket.addEventListener('close', () => {
      this.#socket = null;
      if (!wasOpen) this.#liveAgainAt = Date.now() + TRY_LIVE_AGAIN_MS;
      this.#later(0);
    });
  }

  #watchSilence(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#socket?.close(), SILENCE_MS);
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as FeedMessage;
    this.#takeItems(message.data);
    if (message.type !== 'snapshot') return;
    this.state.value = { kind: 'live' };
    void this.#readHistory();
  }

  #takeItems(items: readonly FeedItem[]): void {
    const news = this.#model.take(items);
    if (news.has('crash.reported')) void this.#readCrashes();
  }

  async #poll(): Promise<void> {
    const lines = await askLines('events?n=200', this.key.value);
    this.#takeItems(lines.map((attrs) => ({ name: 'event', attrs: attrs as SessionEvent })));
    if (this.state.value.kind !== 'polling') await this.#readHistory();
    else await this.#readSamples();
    this.state.value = { kind: 'polling' };
    this.#later(POLL_MS);
  }

  async #readHistory(): Promise<void> {
    await Promise.all([this.#readSamples(), this.#readCrashes()]);
  }

  async #readSamples(): Promise<void> {
    const series = await ask('samples', this.key.value).catch(() => null);
    if (series !== null) this.#model.takeSeries(series as SampleSeries);
  }

  async #readCrashes(): Promise<void> {
    const answer = await ask('crashes', this.key.value).catch(() => null);
    if (answer !== null) this.#model.storedCrashes.value = answer as CrashSummary[];
  }

  #fail(error: unknown): void {
    if (error instanceof ApiError && error.isRefused) {
      const why =
        this.key.value === null ? null : 'The key this tab had is not the right one any more.';
      this.state.value = { kind: 'locked', why };
      this.forgetKey();
      return;
    }
    this.#offlineSince ??= this.#model.now.value;
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#failures += 1;
    const retryAt = Date.now() + delayMs;
    this.state.value = { kind: 'offline', since: this.#offlineSince, retryAt };
    this.#later(delayMs);
  }

  #later(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#connect(), delayMs);
  }
}

/** A protocol may not hold the signs that are in base64 but not in base64url. */
function encodeKey(key: string): string {
  return btoa(toByteString(key)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
