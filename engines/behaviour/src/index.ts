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
export type { ArrayType, ExprType, MapType, MethodType, SimpleType, StructType } from './expr/type.ts'
export { HubEngine } from './engine/hub-engine.ts'
export type { HubCounters, HubEngineOptions, LineOutcome } from './engine/hub-engine.ts'
export type { HubRules, RuleFile, RuleFiles, StagedRuleFile } from './engine/hub-rules.ts'
export type { RuleDocument, RuleProblem } from './hub/rule-document.ts'
export type { ParseObserver, ParserNode } from './parse/node.ts'
export type { Clock, SourceLine } from './parse/new-record.ts'
export type { CompiledScenario, ScenarioCounters } from './scenario/compiled-scenario.ts'
export type { ScenarioSpec } from './hub/scenario-spec.ts'
export { compileExpr } from './expr/compile-expr.ts'
export type { CompileOptions } from './expr/compile-expr.ts'
export { CompileCache } from './expr/compile-cache.ts'
export { compileExprSet } from './expr/set/compile-expr-set.ts'
export {
  alertType,
  bucketEnvironment,
  contextEnvironment,
  eventEnvironment,
  eventType,
  overflowEnvironment,
  overflowType,
  profileEnvironment,
} from './expr/environments.ts'
export {
  anyType,
  arrayOf,
  boolType,
  durationType,
  floatType,
  intType,
  mapOf,
  stringType,
  timeType,
} from './expr/type.ts'
export { GoDuration } from './expr/runtime/boxed.ts'
export type { Environment, FunctionSpec, FunctionTable, KnownArgument } from './expr/function-spec.ts'
export { createHelpers } from './helpers/create-helpers.ts'
export { formatGoDuration, parseGoDuration } from './helpers/go-duration.ts'
export { formatGoTime } from './helpers/format-go-time.ts'
