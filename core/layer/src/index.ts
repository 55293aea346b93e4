export { LayerError } from './error.ts'
export type { LayerErrorCode } from './error.ts'
export { layerOrder } from './order.ts'
export { systemClock } from './clock/clock.ts'
export type { Clock, Timer } from './clock/clock.ts'
export { createLogger } from './log/logger.ts'
export type { LogFields, Logger, LoggerOptions, LogLevel } from './log/logger.ts'
export { createMetrics } from './metrics/metrics.ts'
export type {
  BoundCounter,
  Counter,
  Gauge,
  Histogram,
  HistogramOptions,
  LabelSets,
  LabelValues,
  Metrics,
} from './metrics/metrics.ts'
export { ensurePrivateFolder } from './files/private-folder.ts'
export { listenOnSocket, maxSocketPathBytes } from './files/listen-on-socket.ts'
export { syncDirectory, writeAtomic } from './files/write-atomic.ts'
export { keyIdOf, loadOrCreateKeys, publicKeyFromRaw } from './keys/keys.ts'
export type { PartKeys } from './keys/keys.ts'
export {
  localAgent,
  openRegistry,
  readRegistryFile,
  registerAgent,
  verifySignature,
} from './keys/registry.ts'
export type { RegisteredAgent, Registry, RegistryOptions } from './keys/registry.ts'
export { createModes, isWeakening } from './mode/modes.ts'
export type { ModeBaseline, ModeChange, Modes, ModesOptions, ModeWish } from './mode/modes.ts'
export { canaryState } from './canary/canary.ts'
export type { CanaryState } from './canary/canary.ts'
export { openSpool } from './spool/open-spool.ts'
export type { SpoolOptions } from './spool/spool-options.ts'
export type { LaneHeads, Rewind, Spool, SpoolBatch, SpoolReader } from './spool/spool.ts'
export type {
  AppliedConfig,
  PartContext,
  PartHandlers,
  ReceiverTarget,
  SelfTestResult,
} from './part/part-context.ts'
export { startPart } from './part/start-part.ts'
export type { StartOptions } from './part/start-part.ts'
export { askControl } from './control/control-client.ts'
export { drillScale, maxDrillScale } from './heartbeat/beat-interval.ts'
export { signHeartbeat } from './heartbeat/sign-heartbeat.ts'
export { configPath, lastGoodPath } from './config/part-config.ts'
export { defaultReceivers, runLayer, startLayer } from './part/run-layer.ts'
export type { StartedLayer, StartLayerOptions } from './part/run-layer.ts'
export { defineLayer } from './part/layer.ts'
export type { Layer, Listening, RunningLayer } from './part/layer.ts'
export type {
  AcceptedHeartbeat,
  Incident,
  LanePosition,
  ReceivedBatch,
  ReceivedEvent,
  RequestHandler,
} from './receive/receiver-types.ts'
export { incidentKinds } from './receive/incident-kinds.ts'
export type { IncidentKind } from './receive/incident-kinds.ts'
export { createReceiver } from './receive/create-receiver.ts'
export { heartbeatPath } from './receive/heartbeat-path.ts'
export type { Receiver, ReceiverOptions } from './receive/create-receiver.ts'
export { startShipper } from './ship/shipper.ts'
export type { Shipper, ShipperOptions } from './ship/shipper.ts'
export { controlBeatMs, controlPaths } from './host/control-paths.ts'
export { decodeEnrolToken, encodeEnrolToken } from './host/enrol-token.ts'
export type { EnrolToken } from './host/enrol-token.ts'
export {
  createHostKey,
  enrolContext,
  enrolHost,
  hostPaths,
  jsonPost,
  maxEnrolBytes,
  readIssued,
} from './host/enrol.ts'
export type { FreshKey } from './host/enrol.ts'
export { isEnrolled, readHostFiles, writeHostFiles } from './host/host-files.ts'
export type { HostFiles } from './host/host-files.ts'
export {
  areDatasets,
  identityUri,
  isHostName,
  ownDatasets,
  parseIdentityUri,
  readHostCertificate,
} from './host/host-identity.ts'
export type { HostCertificate, HostIdentity } from './host/host-identity.ts'
export { HostDoor } from './host/host-door.ts'
export type { HostDoorOptions } from './host/host-door.ts'
export { HostLink } from './host/host-link.ts'
export { hostOf } from './host/host-of.ts'
export { createHostServer, renewGraceMs } from './host/host-server.ts'
export type { HostServer, HostServerOptions, ServerCredentials } from './host/host-server.ts'
export { keepEnrolled, renewEnrolment } from './host/keep-enrolled.ts'
export { RosterBook, maxRosterEntries, parseRoster, registryOf, renderRoster } from './host/roster.ts'
export type { Roster, RosterEntry } from './host/roster.ts'
export { peerCounterName } from './probe/peer-probe.ts'
export { readSecret } from './secret/read-secret.ts'
export type { SecretPlace } from './secret/read-secret.ts'
export { repeat } from './clock/repeat.ts'
export type { RepeatOptions } from './clock/repeat.ts'
