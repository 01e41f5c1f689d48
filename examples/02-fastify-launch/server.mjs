// The server as it was: an ES module that builds a Fastify app and listens.
import Fastify from 'fastify';

export const app = Fastify();

app.get('/', async () => ({ shop: 'tea', pid: process.pid }));
app.get('/health', async () => ({ ok: true }));

// Fastify turns what is thrown inside a route into a 500. A promise that nobody waits for is not inside.
app.get('/newsletter', async () => {
  sendNewsletter();
  return { sending: true };
});

async function sendNewsletter() {
  throw new Error('the list of readers is empty');
}

await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' });
