// Here for its presence alone: the entry file is about to ask for it, and what is packed together is read once.
import '../session-agent.ts';

/** For a server whose own entry file calls `launch`. @lazy */
export { startServerProcess as startLaunchedProcess } from './server-process.ts';
