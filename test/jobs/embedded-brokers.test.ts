import { join } from 'node:path';
import { openBroker } from '../../lib/jobs/open-broker.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { describeBroker } from './broker-conformance.ts';

describeBroker('memory:', async (settings) => {
  const broker = await openBroker('memory:', settings);
  return { connect: async () => broker, end: () => broker.close() };
});

describeBroker('file:', async (settings) => {
  const directory = join(await makeTempDirectory(), 'jobs');
  const broker = await openBroker(`file:${directory}`, settings);
  return { connect: async () => broker, end: () => broker.close() };
});
