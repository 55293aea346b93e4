export { finalStatus, wantsAudit } from './audit/audit-record.ts'
export { jsonAuditLog } from './audit/json-audit-log.ts'
export { nativeAuditLog } from './audit/native-audit-log.ts'
export { builtinRules } from './builtin/builtin-rules.ts'
export { CompileCache } from './compile/compile-cache.ts'
export { compileRuleSet, type CompileOptions } from './compile/compile-rule-set.ts'
export type { CompiledRuleSet, Dialect } from './compile/compiled-rule-set.ts'
export type { RuleText } from './language/parse-rule-set.ts'
export { noRuleFiles, type RuleFiles } from './language/rule-files.ts'
export type { SeclangWarning } from './language/rule-set-source.ts'
export {
  faultText,
  SeclangError,
  seclangErrorCodes,
  type SeclangErrorCode,
  type SeclangFault,
} from './language/seclang-error.ts'
export type { SourcePosition } from './language/source-position.ts'
export { createMemoryStore, type CollectionStore, type StoredValue } from './transaction/collection-store.ts'
export type { SeclangInspection } from './transaction/seclang-inspection.ts'
export {
  createSeclangInspector,
  type InspectorOptions,
  type SeclangInspector,
} from './transaction/seclang-inspector.ts'
export type { TraceEvent, Tracer } from './transaction/tracer.ts'
export { AppsecError, type AppsecErrorCode } from './appsec/appsec-error.ts'
export { compileAppsecConfig, type CompiledAppsecConfig } from './appsec/compile-appsec-config.ts'
export {
  compileAppsecRule,
  type AppsecAction,
  type CompiledAppsecRule,
} from './appsec/compile-appsec-rule.ts'
