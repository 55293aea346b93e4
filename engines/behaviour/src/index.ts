export { metaOf } from './event/behaviour-event.ts'
export type { BehaviourEvent } from './event/behaviour-event.ts'
export { checkScenario } from './scenario/scenario.ts'
export type { LeakyScenario, ScenarioLabels, ScenarioScope } from './scenario/scenario.ts'
export { maxDistinctValues } from './bucket/leaky-bucket.ts'
export { BehaviourEngine } from './engine/behaviour-engine.ts'
export type { EngineCounters, EngineOptions, Overflow } from './engine/behaviour-engine.ts'
export { expectMode, recordType } from './record.ts'
export type {
  AlertEventRecord,
  AlertRecord,
  AppsecRecord,
  EventRecord,
  LineRecord,
  MatchedRule,
  MetaItem,
  OverflowRecord,
  SourceRecord,
} from './record.ts'
export { GoTime, zeroTime } from './helpers/go-time.ts'
export type {
  DataFiles,
  DecisionFacility,
  Facilities,
  GeoFacility,
  InjectionFacility,
  OutgoingFacility,
  StashFacility,
} from './helpers/facilities.ts'
export { ExprError } from './expr/error.ts'
export type { ExprErrorCode } from './expr/error.ts'
export { defaultExprLimits } from './expr/limits.ts'
export type { ExprLimits } from './expr/limits.ts'
export type { Expression, ExpressionSet, ExprScope } from './expr/expression.ts'
export type { ExprType, MethodType, StructType } from './expr/type.ts'
