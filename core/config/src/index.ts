export type { Listen, Upstream } from './schema/address.ts'
export { stepNames } from './schema/mode.ts'
export type { StepName } from './schema/mode.ts'
export type { SecretReference } from './schema/secret.ts'
export type {
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
