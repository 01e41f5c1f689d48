export { VigilError } from '../errors.ts';
export type { VigilErrorCode } from '../errors.ts';
export type {
  AdminAnswer,
  AdminModule,
  AdminModuleFactory,
  MasterAgent,
  MonitorAgent,
} from './modules/admin-module.ts';
