/** What a promise resolves with, or null when it has not done so in time. */
export async function within(ms, promise) {
  let timer;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, ms, null);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
