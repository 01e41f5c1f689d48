import { type Application, type ApplicationOptions, createApplication } from './application.ts';
import { textOfError } from './application-life.ts';
import { exitCodeOf } from './ending.ts';
import { systemSurroundings } from './surroundings.ts';

/**
 * Makes the application of this process: reads the words it was started with and the configuration of its
 * environment, and finds out whether it is the master or a server. Nothing is started yet.
 *
 * A configuration that cannot be read ends the process with 78 and one line.
 */
export function createApp(options: ApplicationOptions = {}): Application {
  const surroundings = systemSurroundings();
  try {
    return createApplication(surroundings, options);
  } catch (error) {
    surroundings.warn(`vigil: ${textOfError(error)}`);
    surroundings.end(exitCodeOf(error));
    throw error;
  }
}
