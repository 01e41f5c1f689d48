// Two users meet in a room; they are usually on different connectors.
const gate = process.argv[2] ?? 'http://127.0.0.1:3010';
const room = 'tea';

const [ada, bob] = await Promise.all(['ada', 'bob'].map(enter));
await ada.say('is anybody here?');
await bob.say('I am, with biscuits');
for (const { user, hear } of [ada, bob]) {
  for (let count = 0; count < 3; count += 1) {
    const { from, text, by } = await hear();
    console.log(`${user} hears ${from}: ${text}${by === undefined ? '' : ` (by ${by})`}`);
  }
}
ada.leave();
bob.leave();

async function enter(user) {
  const { url } = await (await fetch(`${gate}/connector?user=${user}`)).json();
  const leaving = new AbortController();
  const { body } = await fetch(`${url}/listen?user=${user}&room=${room}`, {
    signal: leaving.signal,
  });
  const messages = read(body);
  return {
    user,
    hear: async () => (await messages.next()).value,
    leave: () => leaving.abort(),
    say: (text) =>
      fetch(`${url}/say`, { method: 'POST', body: JSON.stringify({ room, user, text }) }),
  };
}

async function* read(body) {
  let rest = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split('\n\n');
    rest = parts.pop();
    for (const part of parts) yield JSON.parse(part.slice('data: '.length));
  }
}
