import type { ConnectionInfo, RuleMatch, Verdict } from '@sevenfold/event'

import { emptyPairs } from '../bodies/pairs.ts'
import type { Pairs } from '../bodies/pairs.ts'
import type { MultipartBody } from '../bodies/multipart.ts'
import type { XmlDocument } from '../bodies/xml-document.ts'
import type { XPath } from '../bodies/xpath.ts'
import type { CompiledRuleSet, MemberFilter } from '../compile/compiled-rule-set.ts'
import type { EngineMode } from '../language/rule-actions.ts'
import type { VariableName } from '../language/variable-names.ts'
import type { BodyReader } from '../bodies/body-result.ts'
import type { LongScan } from '../prefilter/long-scan.ts'
import type { PausedRule } from './paused-rule.ts'
import type { Column } from '../prefilter/column.ts'
import type { CollectionStore } from './collection-store.ts'
import type { RequestTarget } from './request-target.ts'
import type { Tracer } from './tracer.ts'
import { TxVariables } from './tx-variables.ts'

/** A target taken away from some rules by `ctl:ruleRemoveTarget...` for the rest of the transaction. */
export interface TargetRemoval {
  /** 1 at the index of each rule that is meant. */
  readonly rules: Uint8Array
  readonly name: VariableName
  readonly filter: MemberFilter
}

/** Surroundings of all transactions of one inspector. */
export interface Surroundings {
  readonly store: CollectionStore
  readonly environment: ReadonlyMap<string, string>
  readonly tracer: Tracer | null
}

/** Everything that rules can see or change in one transaction. Plain fields: hot code reads them directly. */
export class Transaction {
  readonly ruleSet: CompiledRuleSet
  readonly connection: ConnectionInfo
  readonly surroundings: Surroundings
  readonly tx: TxVariables

  engine: EngineMode
  steps = 0

  method = ''
  target: RequestTarget = { uri: '', fileName: '', baseName: '', query: '' }
  targetRaw = ''
  requestLine = ''
  requestProtocol = ''
  requestHeaders: Pairs = emptyPairs()
  /** First request header of each header slot of the rule set, or -1, and the next one of the same name. */
  headerFirst: Int32Array
  headerNext: number[] = []
  cookies: Pairs = emptyPairs()
  argsGet: Pairs = emptyPairs()
  argsPost: Pairs = emptyPairs()
  urlEncodedError = false

  bodyProcessor = ''
  forceRequestBody = false
  requestBodyAccess: boolean
  requestBodyLimit: number
  requestBodyText = ''
  requestBodyVisible = false
  requestBodyError: string | null = null
  inboundDataError = false
  multipart: MultipartBody | null = null
  files: Pairs = emptyPairs()
  xml: XmlDocument | null = null

  responseStatus = 0
  responseProtocol = ''
  responseHeaders: Pairs = emptyPairs()
  responseHeadersLower: string[] = []
  responseContentType = ''
  responseBodyAccess: boolean
  responseBodyLimit: number
  responseBodyText = ''
  outboundDataError = false

  matchedVar = ''
  matchedVarName = ''
  matchedVars: Pairs = emptyPairs()
  highestSeverity = 255
  sessionId = ''
  userId = ''
  resourceId = ''
  ipKey: string | null = null
  globalKey: string | null
  environment: Map<string, string> | null = null

  removedRules: Uint8Array | null = null
  /** A rule that folding took for granted was removed. */
  isUnfolded = false
  targetRemovals: TargetRemoval[] | null = null
  auditEngine: 'on' | 'off' | 'relevant-only'
  auditLogParts: string
  allow: 'none' | 'phase' | 'request' | 'all' = 'none'

  readonly matches: RuleMatch[] = []
  /** A matched rule asked for the audit log. */
  isRelevant = false
  interruption: Verdict | null = null
  interruptedBy: string | null = null

  /** Made when the prefilter first looks at one. */
  readonly columns: (Column | undefined)[]
  /** Links that the prefilter found something for, one bit each; null: every rule is evaluated. */
  candidates: Uint32Array | null = null
  /** Step count at which work pauses: between two values as well, because one rule may look at thousands. */
  sliceEnd: number = Infinity
  /** A rule that was left between two values of its first link. */
  paused: PausedRule | null = null
  /** Request body that is being read. */
  bodyReader: BodyReader | null = null
  /** Look at a long value that was left between two of its forms. */
  longScan: LongScan | null = null
  readonly #xmlValues = new Map<string, readonly string[]>()

  constructor(ruleSet: CompiledRuleSet, connection: ConnectionInfo, surroundings: Surroundings) {
    const { settings } = ruleSet
    this.ruleSet = ruleSet
    this.connection = connection
    this.surroundings = surroundings
    this.tx = new TxVariables(ruleSet.slots, ruleSet.txTemplate)
    this.engine = settings.engine ?? (ruleSet.dialect === 'libmodsecurity3' ? 'detection-only' : 'off')
    this.headerFirst = new Int32Array(ruleSet.headerSlots.size).fill(-1)
    this.requestBodyAccess = settings.requestBodyAccess ?? ruleSet.dialect === 'libmodsecurity3'
    // In libmodsecurity GLOBAL is there without initcol.
    this.globalKey = ruleSet.dialect === 'libmodsecurity3' ? 'global' : null
    this.requestBodyLimit = settings.requestBodyLimit
    this.responseBodyAccess = settings.responseBodyAccess
    this.responseBodyLimit = settings.responseBodyLimit
    this.auditEngine = settings.auditEngine
    this.auditLogParts = settings.auditLogParts
    this.columns = new Array<Column | undefined>(ruleSet.columnCount).fill(undefined)
  }

  /** Values of an XPath in the request's document, worked out once; that costs about as much as a look at the text. */
  xmlValues(path: string, xpath: XPath): readonly string[] {
    if (this.xml === null) return []
    const known = this.#xmlValues.get(path)
    if (known !== undefined) return known
    this.steps += 1 + (this.requestBodyText.length >> 5)
    const values = xpath(this.xml)
    this.#xmlValues.set(path, values)
    return values
  }
}
