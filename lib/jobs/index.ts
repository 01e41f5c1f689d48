export { VigilError } from '../errors.ts';
export type { VigilErrorCode } from '../errors.ts';
export type { Clock, Timer } from '../util/clock.ts';
export type { EventStream, EventStreamOptions } from '../util/event-stream.ts';
export type {
  Broker,
  BrokerSettings,
  BrokerState,
  ConsumeOptions,
  DeadLetter,
  DeadLetters,
  DeathCode,
  DeathReason,
  JobConsumer,
  JobDelivery,
  JobMessage,
  Letter,
  LetterKind,
  Mail,
  Mailbox,
  MailboxOptions,
  News,
  QueueCounts,
} from './broker.ts';
export type { JobState } from './job-machine.ts';
export type { JobsOptions } from './jobs-options.ts';
export { openBroker } from './open-broker.ts';
export type { ResolvedJobsOptions } from './resolve-jobs-options.ts';
export type { Authenticate, ClientGrant, ClientRequest } from './gateway/authenticate.ts';
export type { GatewayFigures } from './gateway/gateway-metrics.ts';
export type { JobEvent, JobEventBody, JobEventStamp, JobStateBody } from './gateway/job-event.ts';
export { JobGateway } from './gateway/job-gateway.ts';
export type { JobGatewaySurroundings } from './gateway/job-gateway.ts';
export type { JobHistory, JobHop } from './gateway/job-history.ts';
export type { SubmitOptions, SubmittedJob } from './client/client-job.ts';
export type { ClientSocket, ClientSocketClass } from './client/client-socket.ts';
export { JobClient } from './client/job-client.ts';
export type { JobClientOptions, JobClientState } from './client/job-client.ts';
export { JobError } from './client/job-error.ts';
export type { Cause, Phase } from '../supervision/cause.ts';
export type { WorkerCrash } from './pool/worker-crash.ts';
export type { HeldAtDeath, JobFate, OfWorker, WorkerEventBody } from './pool/worker-event.ts';
export type { WorkerView } from './pool/worker-pool.ts';
export type {
  JobServerEvent,
  JobServerEventBody,
  JobServerStamp,
} from './serve/job-server-event.ts';
export { JobServer } from './serve/job-server.ts';
export type { JobServerSurroundings } from './serve/job-server.ts';
export type { JobContext, JobHandlers } from './worker/job-handler.ts';
export type { PoolView } from './gateway/jobs-overview.ts';
