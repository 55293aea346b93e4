export { createSocketEngine } from './http/socket-engine.ts'
export type { EngineOptions } from './listen/socket-front.ts'
export type {
  Exchange,
  ExchangeListener,
  HttpEngine,
  Listening,
  Peer,
  RefusalAnswer,
  RequestHandler,
} from './http/exchange.ts'
export { defaultHttpLimits } from './http/limits.ts'
export type { HttpLimits } from './http/limits.ts'
export { refusalCodes } from './http/refusal.ts'
export type { Refusal, RefusalCode } from './http/refusal.ts'
export type { RequestHead } from './http/request-head.ts'
export type { ResponseHead } from './http/response-head.ts'
export { fixLimits, fixText, isInForce, decodeFixes } from './fixes/fix.ts'
export type { AllowFix, ExclusionFix, Fix } from './fixes/fix.ts'
export { changeFixes, readFixState, readFixText } from './fixes/fix-file.ts'
export type { FixState } from './fixes/fix-file.ts'
export { cspControl } from './headers/csp-collector.ts'
export { cspProposal } from './headers/csp-proposal.ts'
export type { CspProposal } from './headers/csp-proposal.ts'
export { edgeLayer } from './primary/edge-layer.ts'
export { DriftReport } from './schema/drift-report.ts'
export type { Drift, DriftEvent } from './schema/drift-report.ts'
export { SchemaLearner } from './schema/learn.ts'
export type { ObservedRequest } from './schema/learn.ts'
