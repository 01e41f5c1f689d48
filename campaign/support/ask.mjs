/** The answer to one request with its whole text, or null when there was none in time. */
export async function ask(url, { withinMs = 2000, ...options } = {}) {
  try {
    const signal = AbortSignal.timeout(withinMs);
    const answer = await fetch(url, { ...options, signal });
    return { status: answer.status, text: await answer.text() };
  } catch {
    return null;
  }
}

/** The same for a POST of JSON. */
export function post(url, body, options = {}) {
  const headers = { 'content-type': 'application/json' };
  return ask(url, { method: 'POST', headers, body: JSON.stringify(body), ...options });
}
