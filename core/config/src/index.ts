export type { Listen, Upstream } from './schema/address.ts'
export { isNetwork, parseListen, parseUpstream } from './schema/address.ts'
export { stepNames } from './schema/mode.ts'
export type { StepName } from './schema/mode.ts'
export type { SecretReference } from './schema/secret.ts'
export { parseDuration, parseSize } from './schema/units.ts'
export type { SevenfoldFile } from './schema/file.ts'
export type {
  AlertsConfig,
  CollectorConfig,
  ConsoleConfig,
  DetectionConfig,
  EdgeConfig,
  EdgeLimits,
  LedgerConfig,
  PartConfigBase,
  PartConfigs,
  RuntimeConfig,
  SiteConfig,
} from './compiled/part-config.ts'
export { compileConfig } from './compiled/compile-config.ts'
export type { CompiledConfig } from './compiled/compile-config.ts'
export { configProblemCodes, problemText } from './check/problem.ts'
export type { ConfigProblem, ConfigProblemCode } from './check/problem.ts'
export { nearest } from './check/nearest.ts'
export { readConfig } from './check/read-config.ts'
export type { ReadConfig } from './check/read-config.ts'
export { loadConfig } from './check/load-config.ts'
export { checkSecrets } from './check/check-secrets.ts'
export { applyConfig, configDigest, configText, configuredParts } from './apply/apply-parts.ts'
export type { Accept, Applied, ConfiguredPart } from './apply/apply-parts.ts'
export { configJsonSchema } from './reference/json-schema.ts'
export type { JsonSchema } from './reference/json-schema.ts'
export { configMarkdown } from './reference/markdown.ts'
