export { VigilError } from '../errors.ts';
export type { VigilErrorCode } from '../errors.ts';
export { decodeEvent, tryDecodeEvent } from '../lwes/decode-event.ts';
export type { DecodeOptions, DecodeOutcome } from '../lwes/decode-event.ts';
export { encodeEvent } from '../lwes/encode-event.ts';
export type { EncodeOptions } from '../lwes/encode-event.ts';
export type { Esf, EsfAttribute, EsfEvent } from '../lwes/esf.ts';
export { EsfError } from '../lwes/esf-error.ts';
export type { EsfPlace } from '../lwes/esf-error.ts';
export { LWES_FAULTS, LwesDecodeError } from '../lwes/lwes-decode-error.ts';
export type { LwesFault } from '../lwes/lwes-decode-error.ts';
export type {
  LwesAttribute,
  LwesEvent,
  LwesScalarType,
  LwesScalarValues,
  LwesType,
  LwesValue,
} from '../lwes/lwes-event.ts';
export type { LwesAddress } from '../lwes/lwes-address.ts';
export { LwesEmitter } from '../lwes/lwes-emitter.ts';
export type {
  LwesEmitterOptions,
  LwesEmitterStats,
  LwesEmitterSurroundings,
  LwesSink,
} from '../lwes/lwes-emitter.ts';
export { LwesEmitterGroup } from '../lwes/lwes-emitter-group.ts';
export { readHeartbeat } from '../lwes/lwes-heartbeat.ts';
export type { LwesHeartbeat } from '../lwes/lwes-heartbeat.ts';
export type { Clock, Timer } from '../util/clock.ts';
export { measureEsf } from '../lwes/measure-esf.ts';
export type { EsfSize } from '../lwes/measure-esf.ts';
export { parseEsf } from '../lwes/parse-esf.ts';
export type { ParseEsfOptions } from '../lwes/parse-esf.ts';
export { validateEvent } from '../lwes/validate-event.ts';
export type { EsfFinding, EsfFindingKind } from '../lwes/validate-event.ts';
export { LwesListener } from '../lwes/lwes-listener.ts';
export type {
  LwesDatagram,
  LwesListenerEvents,
  LwesListenerOptions,
  LwesListenerStats,
  LwesListenerSurroundings,
  LwesSubscriber,
} from '../lwes/lwes-listener.ts';
export type { LwesReceipt } from '../lwes/receiver-attributes.ts';
export type { EventStream, EventStreamOptions } from '../util/event-stream.ts';
export type { ChannelStats } from './channel.ts';
export type { SlowClientPolicy } from './client-config.ts';
export type { StreamEvent, StreamEventBody, StreamEventStamp } from './stream-event.ts';
export type { StreamOptions } from './stream-options.ts';
export { StreamServer } from './stream-server.ts';
export type { StreamSurroundings } from './stream-server.ts';
export type { ChannelKeyView, ChannelView, ConfigView } from './stream-status.ts';
export type { ValueForm } from './value-text.ts';
export { readLwesJournal } from '../lwes/journal-reader.ts';
export type { LwesJournalRecord } from '../lwes/journal-record.ts';
export { replayLwesJournal } from '../lwes/journal-replay.ts';
export type { LwesReplayOptions } from '../lwes/journal-replay.ts';
export { LwesJournalWriter } from '../lwes/journal-writer.ts';
export type {
  LwesJournalStats,
  LwesJournalWriterOptions,
  LwesJournalWriterSurroundings,
} from '../lwes/journal-writer.ts';
