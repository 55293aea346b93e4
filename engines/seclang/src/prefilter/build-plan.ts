import type { CompiledRule, Link, Target } from '../compile/compiled-rule-set.ts'
import type { LiteralClauses } from '../operators/operator.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { ColumnScan } from './column-scan.ts'
import type { PrefilterPlan } from './prefilter-plan.ts'
import { LinkScanner } from './link-scanner.ts'
import { addVariant, createVariantNode, sealVariants } from './variant-plan.ts'
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
export function buildPrefilterPlan(rules: readonly CompiledRule[]): PrefilterPlan | null {
  if (rules.some((rule) => looksBack(rule.link))) return null
  const plans = groups.map((phases) => groupPlan(rules.filter((rule) => phases.includes(rule.phase))))
  if (plans.every((plan) => plan === null)) return null
  return {
    scanPhase(tx, phase) {
      const plan = plans[phase <= 2 ? 0 : phase <= 4 ? 1 : 2] ?? null
      if (plan === null) tx.candidates = null
      else plan(tx, phase)
    },
  }
}

function looksBack(link: Link): boolean {
  return link.targets.some((target) => target.label.startsWith('MATCHED_VAR'))
}

type ScanGroup = (tx: Transaction, phase: number) => void

function groupPlan(rules: readonly CompiledRule[]): ScanGroup | null {
  const needs: LiteralClauses[] = []
  const indexed: { link: Link; phase: number }[] = []
  for (const rule of rules) {
    for (let link: Link | null = rule.link; link !== null; link = link.next) {
      const clauses = clausesOf(link)
      if (clauses === null) continue
      link.bit = needs.push(clauses) - 1
      indexed.push({ link, phase: rule.phase })
    }
    rule.gate = gateOf(rule.link)
  }
  if (needs.length === 0) return null
  const scanner = new LinkScanner(needs)
  const scans = columnScans(indexed, scanner)
  return (tx, phase) => {
    tx.candidates ??= new Uint32Array(scanner.words)
    for (const scan of scans) if (scan.phase <= phase) scan.run(tx)
  }
}

/** Literals of a link that only looks at columns; null when every value has to be tried. */
function clausesOf(link: Link): LiteralClauses | null {
  const { operator } = link
  if (operator.kind !== 'matcher' || operator.negated) return null
  const clauses = operator.matcher.literals
  if (clauses === undefined || clauses.length === 0 || link.targets.length === 0) return null
  return link.targets.every((target) => isColumn(target)) ? clauses : null
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

function columnScans(indexed: readonly { link: Link; phase: number }[], scanner: LinkScanner): ColumnScan[] {
  const columns = new Map<number, { target: ColumnTarget; list: number; phase: number; root: VariantNode }>()
  for (const { link, phase } of indexed) {
    for (const target of link.targets) {
      if (!isColumn(target)) continue
      const numbers = target.kind === 'list' ? target.lists.map((list) => list.column) : [target.column]
      for (const [list, number] of numbers.entries()) {
        const known = columns.get(number)
        const root = known?.root ?? createVariantNode(null, scanner.words)
        addVariant(root, link.chain, link)
        columns.set(number, {
          target: known?.target ?? target,
          list: known?.list ?? list,
          phase: Math.min(known?.phase ?? phase, phase),
          root,
        })
      }
    }
  }
  return [...columns].map(([number, { target, list, phase, root }]) => {
    sealVariants(root)
    return new ColumnScan(scanner, root, { number, target, list, phase })
  })
}
