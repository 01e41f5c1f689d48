export { VigilError } from '../errors.ts';
export type { VigilErrorCode } from '../errors.ts';
export type {
  AdminAnswer,
  AdminModule,
  AdminModuleFactory,
  MasterAgent,
  MonitorAgent,
} from './modules/admin-module.ts';
export { createApp } from './application/create-app.ts';
export type { Application, ApplicationOptions } from './application/application.ts';
export type { Callback, Component, ComponentFactory } from './application/component.ts';
export type { LifecycleHooks } from './application/lifecycle.ts';
export type { ServerFacts } from './application/server-facts.ts';
