import type { Role } from './role.ts';
import type { RoleSettings } from './role-settings.ts';

/** What this process is in its fleet; only that side is loaded. */
export function createRole(settings: RoleSettings): Role {
  if (settings.facts.serverType === 'master') {
    const { createMasterRole } =
      require('./create-master-role') as typeof import('./create-master-role.ts');
    return createMasterRole(settings);
  }
  const { ServerRole } = require('./server-role') as typeof import('./server-role.ts');
  return new ServerRole(settings);
}
