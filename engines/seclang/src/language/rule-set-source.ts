import type { EngineMode, IdRange, RuleActions } from './rule-actions.ts'
import type { SourcePosition } from './source-position.ts'
import type { VariableTarget } from './variable-list.ts'

/** The operator of a rule as written. */
export interface OperatorUse {
  /** Without the `@`; `rx` when none was written. */
  readonly name: string
  readonly param: string
  readonly negated: boolean
  readonly at: SourcePosition
}

/** One SecRule or SecAction with the links chained to it. */
export interface ParsedRule {
  readonly at: SourcePosition
  readonly targets: VariableTarget[]
  /** null for SecAction. */
  readonly operator: OperatorUse | null
  readonly actions: RuleActions
  /** Following links of the chain, in order; only a chain starter has them. */
  readonly links: ParsedRule[]
  /** Text of the directive, for reports. */
  readonly text: string
}

/** Rules and markers in the order of the files. */
export type RuleItem =
  | { readonly kind: 'rule'; readonly rule: ParsedRule }
  | { readonly kind: 'marker'; readonly name: string }

/** What happens to a body larger than its limit. */
export type LimitAction = 'reject' | 'process-partial'

/** Settings that directives make for all transactions of a rule set. */
export interface EngineSettings {
  /** null when no directive says: then off, but detecting in the `libmodsecurity3` dialect. */
  engine: EngineMode | null
  /** null when no directive says: then off, but on in the `libmodsecurity3` dialect. */
  requestBodyAccess: boolean | null
  responseBodyAccess: boolean
  /** Bytes. */
  requestBodyLimit: number
  /** Bytes of a body without its uploaded files. */
  requestBodyNoFilesLimit: number
  /** null when no directive says: then reject, but process-partial in the `libmodsecurity3` dialect. */
  requestBodyLimitAction: LimitAction | null
  requestBodyJsonDepthLimit: number
  /** Most arguments of a request; further ones are dropped and the body counts as broken. */
  argumentsLimit: number
  responseBodyLimit: number
  responseBodyLimitAction: LimitAction
  /** Lower case; null inspects every type. */
  responseBodyMimeTypes: Set<string> | null
  argumentSeparator: string
  cookieFormat: 0 | 1
  cookieSeparator: string
  /** Seconds. */
  collectionTimeoutSeconds: number
  webAppId: string
  componentSignatures: string[]
  sensorId: string
  serverSignature: string
  uploadFileLimit: number
  auditEngine: 'on' | 'off' | 'relevant-only'
  auditLogParts: string
  auditLogFormat: 'json' | 'native'
  auditLogRelevantStatus: string | null
  /** On also names every XML text and attribute an argument; only-args leaves out the XML collection. */
  xmlIntoArgs: 'on' | 'off' | 'only-args'
}

/** A rule set as read: settings, rules with all removals and updates applied, and warnings. */
export interface RuleSetSource {
  readonly settings: EngineSettings
  readonly items: readonly RuleItem[]
  /** SecDefaultAction by phase. */
  readonly defaults: ReadonlyMap<number, RuleActions>
  readonly removedIds: readonly IdRange[]
  readonly warnings: readonly SeclangWarning[]
}

/** Something that was read and has no effect, or an exclusion that hits nothing. */
export interface SeclangWarning {
  readonly kind: SeclangWarningKind
  readonly at: SourcePosition
  readonly message: string
}

/** What a warning is about; `left-out`: a rule that can never match because it needs what is not there. */
export type SeclangWarningKind = 'exclusion-hits-nothing' | 'no-effect' | 'open-quote' | 'left-out'

/** Settings of an empty rule set; the values of libmodsecurity 3 where it has one. */
export function defaultSettings(): EngineSettings {
  return {
    engine: null,
    requestBodyAccess: null,
    responseBodyAccess: false,
    requestBodyLimit: 134_217_728,
    requestBodyNoFilesLimit: 1_048_576,
    requestBodyLimitAction: null,
    requestBodyJsonDepthLimit: 10_000,
    argumentsLimit: 1000,
    responseBodyLimit: 524_288,
    responseBodyLimitAction: 'process-partial',
    responseBodyMimeTypes: new Set(['text/plain', 'text/html']),
    argumentSeparator: '&',
    cookieFormat: 0,
    cookieSeparator: ';',
    collectionTimeoutSeconds: 3600,
    webAppId: 'default',
    componentSignatures: [],
    sensorId: '',
    serverSignature: '',
    uploadFileLimit: 100,
    auditEngine: 'off',
    auditLogParts: 'ABIJDEFHZ',
    auditLogFormat: 'native',
    auditLogRelevantStatus: null,
    xmlIntoArgs: 'off',
  }
}
