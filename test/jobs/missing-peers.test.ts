import { openBroker } from '../../lib/jobs/open-broker.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

function refuse(name: string): never {
  throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
}

// That a package is not installed cannot be had otherwise where it is.
jest.mock('classic-level', () => refuse('classic-level'));
jest.mock('rabbitmq-client', () => refuse('rabbitmq-client'));

describe('openBroker without an optional package', () => {
  it('says what file: needs, and how to install it', async () => {
    const opening = openBroker(`file:${await makeTempDirectory()}`);
    await expect(opening).rejects.toMatchObject({
      code: 'ERR_PEER_MISSING',
      message: 'a broker of "file:" needs the package classic-level: npm install classic-level',
    });
  });

  it('says what amqp: needs, and how to install it', async () => {
    await expect(openBroker('amqp://127.0.0.1')).rejects.toMatchObject({
      code: 'ERR_PEER_MISSING',
      message: 'a broker of "amqp:" needs the package rabbitmq-client: npm install rabbitmq-client',
    });
  });

  it('does without both in memory', async () => {
    const broker = await openBroker('memory:');
    expect(broker.state).toBe('up');
    await broker.close();
  });
});
