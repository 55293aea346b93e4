import type { CompileCache } from '../compile/compile-cache.ts'
import type { CompiledRule, FoldedStep, Link, Target } from '../compile/compiled-rule-set.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { ColumnScan } from './column-scan.ts'
import type { OperatorMatcher } from '../operators/operator.ts'
import type { PrefilterPlan } from './prefilter-plan.ts'
import { LinkScanner } from './link-scanner.ts'
import { addVariant, createVariantNode, linksIn, sealVariants } from './variant-plan.ts'
import type { VariantNode } from './variant-plan.ts'

/** Phases that share what was scanned. */
const groups: readonly (readonly number[])[] = [
  [1, 2],
  [3, 4],
]

type ColumnTarget = Target & { kind: 'list' | 'scalar' | 'xml' }

/**
 * Works out which links can be found by literals, gives each its bit, and lays out the scans of each phase.
 * null when nothing can be found that way. Rules that look at what an earlier rule matched rule the prefilter out.
 */
export function buildPrefilterPlan(
  rules: readonly CompiledRule[],
  folded: readonly (readonly FoldedStep[])[],
  cache: CompileCache,
): PrefilterPlan | null {
  if (rules.some((rule) => looksBack(rule.link))) return null
  // Rules that can never run are not looked for; should they run after all, they look at every value.
  const kept = folded.flatMap((steps) => steps.flatMap((step) => (step.kind === 'rule' ? [step.rule] : [])))
  const plans = groups.map((phases) =>
    groupPlan(
      kept.filter((rule) => phases.includes(rule.phase)),
      cache,
    ),
  )
  if (plans.every((plan) => plan === null)) return null
  return {
    scanPhase(tx, phase) {
      const plan = plans[phase <= 2 ? 0 : phase <= 4 ? 1 : 2] ?? null
      if (plan !== null) return plan(tx, phase)
      tx.candidates = null
      return true
    },
  }
}

function looksBack(link: Link): boolean {
  return link.targets.some((target) => target.label.startsWith('MATCHED_VAR'))
}

type ScanGroup = (tx: Transaction, phase: number) => boolean

function groupPlan(rules: readonly CompiledRule[], cache: CompileCache): ScanGroup | null {
  const indexed: IndexedLink[] = []
  for (const rule of rules) {
    for (let link: Link | null = rule.link; link !== null; link = link.next) {
      const matcher = scannedMatcher(link)
      if (matcher === null) continue
      const { shortest, kinds } = cache.facts(matcher)
      if (shortest === null) continue
      link.bit = indexed.push({ link, matcher, phase: rule.phase, shortest, kinds }) - 1
    }
    rule.gate = gateOf(rule.link)
  }
  if (indexed.length === 0) return null
  const words = Math.max(1, Math.ceil(indexed.length / 32))
  for (const { link } of indexed) link.words = words
  const scans = columnScans(indexed, cache)
  return (tx, phase) => {
    tx.candidates ??= new Uint32Array(words)
    for (const scan of scans) if (scan.phase <= phase && !scan.run(tx)) return false
    return true
  }
}

interface IndexedLink {
  readonly link: Link
  readonly matcher: OperatorMatcher
  readonly phase: number
  readonly shortest: number
  /** Signs of which every match holds one; 0 when it may hold none. */
  readonly kinds: number
}

/** The matcher of a link that only looks at columns; null when every value has to be tried. */
function scannedMatcher(link: Link): OperatorMatcher | null {
  const { operator } = link
  if (operator.kind !== 'matcher' || operator.negated || link.targets.length === 0) return null
  // One member by name is found faster than looked for, and one text is compared faster than scanned.
  if (link.targets.every((target) => isSingled(target) || isCompared(link, target))) return null
  return link.targets.every((target) => isColumn(target)) ? operator.matcher : null
}

function isCompared(link: Link, target: Target): boolean {
  return target.kind === 'scalar' && link.operatorName.toLowerCase() === 'streq'
}

function isSingled(target: Target): boolean {
  return target.kind === 'list' && target.filter.kind !== 'all' && target.headerSlot < 0
}

function isColumn(target: Target): target is ColumnTarget {
  switch (target.kind) {
    case 'list':
      return target.lists.every((list) => list.column >= 0)
    case 'xml':
      return true
    case 'scalar':
      return textScalars.has(target.label)
    default:
      return false
  }
}

/** Scalars whose value is settled before the first rule of their phase runs. */
const textScalars: ReadonlySet<string> = new Set([
  'PATH_INFO',
  'QUERY_STRING',
  'REQUEST_BASENAME',
  'REQUEST_BODY',
  'REQUEST_FILENAME',
  'REQUEST_LINE',
  'REQUEST_URI',
  'REQUEST_URI_RAW',
  'RESPONSE_BODY',
])

/**
 * The link that must find something for the rule to do anything at all: the first indexed one, as long as the links
 * before it leave nothing behind when the chain fails.
 */
function gateOf(starter: Link): number {
  for (let link: Link | null = starter; link !== null; link = link.next) {
    if (link.bit >= 0) return link.bit
    if (link.sets.length > 0 || link.capture || link.late !== null || link.severity !== null) return -1
  }
  return -1
}

interface ColumnDraft {
  readonly target: ColumnTarget
  readonly list: number
  phase: number
  /** Links with the member they name, or null for all members. */
  readonly uses: { readonly indexed: IndexedLink; readonly member: string | null }[]
}

function columnScans(indexed: readonly IndexedLink[], cache: CompileCache): ColumnScan[] {
  const columns = new Map<number, ColumnDraft>()
  for (const entry of indexed) {
    for (const target of entry.link.targets) {
      if (!isColumn(target)) continue
      const numbers = target.kind === 'list' ? target.lists.map((list) => list.column) : [target.column]
      const member = target.kind === 'list' && target.filter.kind === 'key' ? target.filter.key : null
      for (const [list, number] of numbers.entries()) {
        const draft = columns.get(number) ?? { target, list, phase: entry.phase, uses: [] }
        draft.phase = Math.min(draft.phase, entry.phase)
        draft.uses.push({ indexed: entry, member })
        columns.set(number, draft)
      }
    }
  }
  const scannerOf = (links: Iterable<number>): LinkScanner => cachedScanner([...links], indexed, cache)
  const scanners = scannersFor([...columns.values()], scannerOf)
  return [...columns].map(([number, draft]) => {
    const { target, list, phase, uses } = draft
    const scanner = scanners.get(draft) ?? scannerOf(indexed.keys())
    const members = new Set(uses.flatMap(({ member }) => (member === null ? [] : [member])))
    const tree = (member: string | null): VariantNode => {
      const root = variantTree(uses, member, scanner)
      assignScanners(root, scanner, scannerOf)
      return root
    }
    const named = new Map([...members].map((member) => [member, tree(member)]))
    return new ColumnScan(scanner, tree(null), { number, target, list, phase, named })
  })
}

type ScannerOf = (links: Iterable<number>) => LinkScanner

/** The scanner of some links. It depends on their bits and matchers alone, so rule sets can share it. */
function cachedScanner(
  links: readonly number[],
  indexed: readonly IndexedLink[],
  cache: CompileCache,
): LinkScanner {
  const wanted = new Map(
    links
      .toSorted((a, b) => a - b)
      .flatMap((bit) => {
        const matcher = indexed[bit]?.matcher
        return matcher === undefined ? [] : [[bit, matcher] as const]
      }),
  )
  const parts = Array.from(wanted, ([bit, matcher]) => `${bit}:${cache.facts(matcher).number}`)
  return cache.scanner(`${indexed.length} ${parts.join(' ')}`, () => {
    const needs = indexed.map((_, bit) => {
      const matcher = wanted.get(bit)
      return matcher === undefined ? null : cache.needs(matcher)
    })
    return new LinkScanner(needs)
  })
}

/**
 * Columns that most links look at share one scanner. The others (bodies, file names, the request line) have one each:
 * with few literals it stays in the processor's nearest cache.
 */
function scannersFor(drafts: readonly ColumnDraft[], scannerOf: ScannerOf): Map<ColumnDraft, LinkScanner> {
  const linksOf = (draft: ColumnDraft): Set<number> =>
    new Set(draft.uses.map(({ indexed }) => indexed.link.bit))
  const most = Math.max(...drafts.map((draft) => linksOf(draft).size))
  const busy = drafts.filter((draft) => linksOf(draft).size * 2 >= most)
  const shared = new Set(busy.flatMap((draft) => [...linksOf(draft)]))
  const scanner = scannerOf(shared)
  return new Map(drafts.map((draft) => [draft, busy.includes(draft) ? scanner : scannerOf(linksOf(draft))]))
}

/** From so many links on, a form is looked at with the scanner of its column. */
const fewLinks = 16

function assignScanners(node: VariantNode, inherited: LinkScanner, scannerOf: ScannerOf): void {
  const links = linksIn(node.below)
  const small = node.transformation !== null && links.length <= fewLinks
  const scanner = small ? scannerOf(links) : inherited
  node.scanner = scanner
  for (const child of node.children) assignScanners(child, scanner, scannerOf)
}

function variantTree(uses: ColumnDraft['uses'], wanted: string | null, scanner: LinkScanner): VariantNode {
  const root = createVariantNode(null, scanner.words)
  for (const { indexed, member } of uses) {
    if (member !== null && member !== wanted) continue
    const { link, shortest, kinds } = indexed
    addVariant(root, link.chain, { bit: link.bit, multiMatch: link.multiMatch, shortest, kinds })
  }
  sealVariants(root)
  return root
}
