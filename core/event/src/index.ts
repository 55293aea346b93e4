export { backboneNames, isPartName, layerNames } from './layer-name.ts'
export type { BackboneName, LayerName, PartName } from './layer-name.ts'
export type * from './event/ecs.ts'
export { eventKinds, eventVersion, foreignModules, identityOf, sealDraft } from './event/event.ts'
export type {
  AdminAct,
  Epoch,
  EventDraft,
  EventIdentity,
  Finding,
  Judgement,
  Lane,
  Loss,
  ProofSummary,
  Repeat,
  SevenfoldEvent,
  SevenfoldFields,
  SevenfoldKind,
  TraceStep,
} from './event/event.ts'
export { createEventBuilder, ecsVersion } from './event/builder.ts'
export type {
  AuthenticationFacts,
  BlockFacts,
  DetectionFacts,
  EventBuilder,
  EventSources,
  RequestFacts,
} from './event/builder.ts'
export { encodeLine, maxLineBytes } from './event/line.ts'
export { decodeEvent, maxIdentityLength } from './event/decode.ts'
export { eventJsonLimits, isJsonObject, parseBoundedJson } from './json/bounded.ts'
export type { DecodeErrorCode, Decoded, Json, JsonLimits, JsonObject } from './json/bounded.ts'
export { createRedactor, isCardNumber, isSecretName, maxMatchedLength } from './privacy/redact.ts'
export type { Redactor } from './privacy/redact.ts'
export { createUuidV7, uuidV7 } from './id/uuid-v7.ts'
export type { IdSources } from './id/uuid-v7.ts'
export { escapeHtml, escapeText, maxShownLength } from './text/escape.ts'
export { batchHeaderNames, batchLimits, batchPath, batchSigningText } from './wire/batch.ts'
export type { BatchAccepted, BatchGap, BatchHeaders } from './wire/batch.ts'
export { canaryHeader, canaryMarkSeconds, checkCanary, signCanary } from './wire/canary.ts'
export type { CanaryFacts } from './wire/canary.ts'
export { chainNext, chainSeed } from './wire/chain.ts'
export { controlOps, maxControlLineBytes } from './wire/control.ts'
export type { ControlErrorCode, ControlOp, ControlRequest, ControlResponse } from './wire/control.ts'
export type { Decision, DecisionDelta, DecisionScope, DecisionStream, DecisionType } from './wire/decision.ts'
export {
  decodeBatchHeaders,
  decodeControlRequest,
  decodeDecision,
  decodeDecisionDelta,
  decodeHeartbeat,
  decodeSensorMessage,
  decodeSignedHeartbeat,
  maxDecisionsPerDelta,
} from './wire/decode.ts'
export type { HeaderValues } from './wire/decode.ts'
export {
  canaryIntervalSeconds,
  canaryMaxAgeSeconds,
  heartbeatContext,
  heartbeatIntervalSeconds,
  heartbeatMaxAgeSeconds,
} from './wire/heartbeat.ts'
export type {
  CanaryResult,
  Expiries,
  HeartbeatAccepted,
  HeartbeatBody,
  LaneHead,
  Mode,
  SignedHeartbeat,
} from './wire/heartbeat.ts'
export type {
  ProofAttack,
  ProofCell,
  ProofColumn,
  ProofCost,
  ProofDisturbance,
  ProofDocument,
  ProofFigure,
  ProofLoad,
  ProofShared,
  ProofSinglePoint,
} from './wire/proof.ts'
export {
  metRequestsCounter,
  passedRequestsCounter,
  siteOfCounter,
  siteRequestsCounter,
} from './wire/request-counters.ts'
export type { SiteCounterKind } from './wire/request-counters.ts'
export { maxSensorLineBytes, sensorRingEvents } from './wire/sensor.ts'
export type { ForwarderMessage, SensorMessage, Unprotected } from './wire/sensor.ts'
export type {
  ByteString,
  ConnectionInfo,
  Inspection,
  Inspector,
  MatchReport,
  RawHead,
  RawHeaders,
  RawRequestHead,
  RawResponseHead,
  RuleMatch,
  Verdict,
} from './inspector/inspector.ts'
