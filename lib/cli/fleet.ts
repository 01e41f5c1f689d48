import type { VerbGroup } from './verb.ts';

/** `vigil fleet`. @lazy */
export const fleetVerbs: VerbGroup = {
  name: 'fleet',
  describe: 'keeps servers of several types, with one master',
  flags: [],
  verbs: {
    init: () => (require('./fleet-init') as typeof import('./fleet-init.ts')).fleetInitVerb,
    start: () => (require('./fleet-start') as typeof import('./fleet-start.ts')).fleetStartVerb,
    logs: () => (require('./fleet-logs') as typeof import('./fleet-logs.ts')).fleetLogsVerb,
    list: () => (require('./fleet-list') as typeof import('./fleet-list.ts')).fleetListVerb,
    stop: () => (require('./fleet-stop') as typeof import('./fleet-stop.ts')).fleetStopVerb,
    kill: () => (require('./fleet-kill') as typeof import('./fleet-kill.ts')).fleetKillVerb,
    add: () => (require('./fleet-add') as typeof import('./fleet-add.ts')).fleetAddVerb,
    restart: () =>
      (require('./fleet-restart') as typeof import('./fleet-restart.ts')).fleetRestartVerb,
    masterha: () =>
      (require('./fleet-masterha') as typeof import('./fleet-masterha.ts')).fleetMasterhaVerb,
    plan: () => (require('./fleet-plan') as typeof import('./fleet-plan.ts')).fleetPlanVerb,
    apply: () => (require('./fleet-apply') as typeof import('./fleet-apply.ts')).fleetApplyVerb,
    exec: () => (require('./fleet-exec') as typeof import('./fleet-exec.ts')).fleetExecVerb,
    export: () => (require('./fleet-export') as typeof import('./fleet-export.ts')).fleetExportVerb,
    password: () =>
      (require('./fleet-password') as typeof import('./fleet-password.ts')).fleetPasswordVerb,
  },
};
