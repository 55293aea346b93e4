import type { Macro } from './macro.ts'
import type { VariableTarget } from './variable-list.ts'

/** What a rule does with the transaction when its whole chain matches. */
export type Disruptive =
  | { readonly kind: 'pass' | 'block' | 'deny' | 'drop' }
  | { readonly kind: 'allow'; readonly scope: 'all' | 'phase' | 'request' }
  | { readonly kind: 'redirect'; readonly location: Macro }

/** Collections that rules may write with setvar. */
export type WritableCollection = 'TX' | 'IP' | 'GLOBAL' | 'SESSION' | 'USER' | 'RESOURCE'

/** `setvar:collection.name=value`. */
export interface SetVariable {
  readonly collection: WritableCollection
  readonly name: Macro
  readonly operation: 'set' | 'add' | 'subtract' | 'unset'
  readonly value: Macro
}

/** `expirevar:collection.name=seconds`. */
export interface ExpireVariable {
  readonly collection: WritableCollection
  readonly name: Macro
  readonly seconds: Macro
}

/** `initcol:collection=key` (setsid, setuid and setrsc are the same for their collection). */
export interface InitCollection {
  readonly collection: Exclude<WritableCollection, 'TX'>
  readonly key: Macro
}

/** Value of an engine switch. */
export type EngineMode = 'on' | 'off' | 'detection-only'

/** `ctl:...`: a change of configuration for the rest of one transaction. */
export type Control =
  | { readonly kind: 'rule-engine'; readonly mode: EngineMode }
  | { readonly kind: 'audit-engine'; readonly mode: 'on' | 'off' | 'relevant-only' }
  | { readonly kind: 'audit-log-parts'; readonly change: string }
  | {
      readonly kind: 'request-body-access' | 'force-request-body-variable' | 'response-body-access'
      readonly on: boolean
    }
  | { readonly kind: 'request-body-limit' | 'response-body-limit'; readonly bytes: number }
  | { readonly kind: 'request-body-processor'; readonly processor: string }
  | { readonly kind: 'remove-by-id'; readonly ranges: readonly IdRange[] }
  | { readonly kind: 'remove-by-tag' | 'remove-by-msg'; readonly pattern: string }
  | {
      readonly kind: 'remove-target-by-id'
      readonly ranges: readonly IdRange[]
      readonly target: VariableTarget
    }
  | {
      readonly kind: 'remove-target-by-tag' | 'remove-target-by-msg'
      readonly pattern: string
      readonly target: VariableTarget
    }
  | { readonly kind: 'debug-log-level' }

/** Rule ids `from` to `to`, both included. */
export interface IdRange {
  readonly from: number
  readonly to: number
}

/** All actions of one rule, as written (defaults of SecDefaultAction not yet applied). */
export interface RuleActions {
  id: number | null
  phase: number | null
  msg: Macro | null
  logData: Macro | null
  severity: number | null
  rev: string | null
  ver: string | null
  maturity: string | null
  accuracy: string | null
  tags: Macro[]
  disruptive: Disruptive | null
  status: number | null
  log: boolean | null
  auditLog: boolean | null
  capture: boolean
  multiMatch: boolean
  chain: boolean
  /** Transformation names as written; `none` has already emptied what stood before it. */
  transformations: string[]
  /** `t:none` stood in the list: the defaults' transformations do not apply. */
  clearsTransformations: boolean
  setVariables: SetVariable[]
  expireVariables: ExpireVariable[]
  initCollections: InitCollection[]
  setEnvironment: { readonly name: string; readonly value: Macro }[]
  controls: Control[]
  skip: number
  skipAfter: string | null
  xmlNamespaces: Map<string, string>
  /** Actions that were read and do nothing here, for warnings. */
  ignored: string[]
}

/** No action at all. */
export function emptyActions(): RuleActions {
  return {
    id: null,
    phase: null,
    msg: null,
    logData: null,
    severity: null,
    rev: null,
    ver: null,
    maturity: null,
    accuracy: null,
    tags: [],
    disruptive: null,
    status: null,
    log: null,
    auditLog: null,
    capture: false,
    multiMatch: false,
    chain: false,
    transformations: [],
    clearsTransformations: false,
    setVariables: [],
    expireVariables: [],
    initCollections: [],
    setEnvironment: [],
    controls: [],
    skip: 0,
    skipAfter: null,
    xmlNamespaces: new Map(),
    ignored: [],
  }
}
