// `npm run demo`: a real Express server under `vigil run`, crashed three times under load.
// Uses Node's own modules only until what it needs is installed and built.
import { parseArgs } from 'node:util';
import { prepare } from './demo/prepare.mjs';
import { print } from './demo/print.mjs';

const USAGE = `npm run demo            crashes a real server three times under load, shows what happened, and ends
npm run demo -- --stay  keeps the session open afterwards, to play with`;

const OPTIONS = { stay: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } };

try {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) print.plain(USAGE);
  else process.exitCode = await run(values.stay === true);
} catch (error) {
  print.failure(error.message);
  process.exitCode = 1;
}

async function run(stay) {
  await prepare();
  const { tellStory } = await import('./demo/story.mjs');
  return tellStory({ stay });
}
