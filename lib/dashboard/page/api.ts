/** An answer that is an error, or none at all. */
export class ApiError extends Error {
  /** 0: no answer came. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** The key is missing or wrong. */
  get isRefused(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

const READ_DEADLINE_MS = 10_000;

export function ask(path: string, key: string | null): Promise<unknown> {
  return send(path, key, { signal: AbortSignal.timeout(READ_DEADLINE_MS) }).then((response) =>
    response.json(),
  );
}

/** JSON lines. */
export async function askLines(path: string, key: string | null): Promise<unknown[]> {
  const response = await send(path, key, { signal: AbortSignal.timeout(READ_DEADLINE_MS) });
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  return lines.map((line): unknown => JSON.parse(line));
}

/** Has something done; it may take as long as a drain and a start. */
export async function order(path: string, key: string, body: object = {}): Promise<unknown> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  return (await send(path, key, init)).json();
}

async function send(path: string, key: string | null, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  if (key !== null) headers.set('authorization', `Bearer ${toByteString(key)}`);
  const response = await fetch(path, { ...init, headers, cache: 'no-store' }).catch(
    (error: unknown) => {
      throw new ApiError(0, `no answer (${error instanceof Error ? error.message : 'network'})`);
    },
  );
  if (response.ok) return response;
  const body = (await response.json().catch(() => null)) as {
    error?: { message?: string };
  } | null;
  throw new ApiError(response.status, body?.error?.message ?? `status ${response.status}`);
}

/** A header holds bytes: one sign for each byte of the text in UTF-8. */
export function toByteString(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
