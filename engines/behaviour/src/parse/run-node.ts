import { GoTime } from '../helpers/go-time.ts'
import { recordType } from '../record.ts'
import type { EventRecord } from '../record.ts'
import type {
  Assignment,
  ChildFilter,
  NodeGrok,
  NodeRun,
  NodeStash,
  NodeWhitelist,
  ParserNode,
} from './node.ts'

/** Ends the parse of a record: an assignment got a value that can be no text. */
export class ParseAborted extends Error {}

/** The text of an expression's value as assignments take it; undefined where there is nothing to assign. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'bigint') return value.toString()
  // Go's %f.
  if (typeof value === 'number') return value.toFixed(6)
  if (typeof value === 'boolean' || value instanceof GoTime)
    throw new ParseAborted('the value can be no text')
  return undefined
}

function assign(node: ParserNode, assignments: readonly Assignment[], run: NodeRun): void {
  for (const assignment of assignments) {
    const { value } = assignment
    const text = typeof value === 'string' ? value : evaluated(value, run)
    if (text === undefined || (text === '' && !assignment.takesEmpty)) continue
    run.touched = true
    assignment.write(run.record, text)
    run.observer?.assigned?.(node, assignment.label, text)
  }
}

function evaluated(expression: Exclude<Assignment['value'], string>, { scope }: NodeRun): string | undefined {
  let value: unknown
  try {
    value = expression.evaluate(scope)
  } catch {
    // An expression that fails on what it meets assigns nothing.
    return undefined
  }
  return textOf(value) ?? ''
}

function passes(node: ParserNode, run: NodeRun): boolean {
  if (node.filter === undefined) return true
  let passed = false
  try {
    passed = node.filter.test(run.scope)
  } catch (error) {
    run.observer?.filter?.(node, false, error)
    return false
  }
  run.observer?.filter?.(node, passed)
  return passed
}

/** Addresses that a record is about. */
function addressesOf(record: EventRecord): readonly string[] {
  if (record.Type === recordType.overflow) return [...(record.Overflow?.Sources.keys() ?? [])]
  const address = record.Type === recordType.log ? record.Meta.get('source_ip') : undefined
  return address === undefined ? [] : [address]
}

function isSpared(whitelist: NodeWhitelist, run: NodeRun): boolean {
  if (whitelist.hasAddresses && addressesOf(run.record).some((address) => whitelist.holds(address)))
    return true
  try {
    return whitelist.expressions.some((expression) => expression.evaluate(run.scope) === true)
  } catch {
    return false
  }
}

function spare(node: ParserNode, whitelist: NodeWhitelist, run: NodeRun): boolean {
  if (!isSpared(whitelist, run)) return false
  const { record } = run
  if (!record.Whitelisted) {
    record.Whitelisted = true
    record.WhitelistReason = whitelist.reason
    run.touched = true
    if (record.Overflow !== undefined) record.Overflow.Whitelisted = true
  }
  run.observer?.whitelisted?.(node)
  return true
}

function textToGrok(grok: NodeGrok, { record, scope }: NodeRun): string | undefined {
  const { source } = grok
  if (!('kind' in source)) {
    try {
      const value = source.evaluate(scope)
      return typeof value === 'boolean' ? '' : (textOf(value) ?? '')
    } catch {
      return undefined
    }
  }
  return source.kind === 'raw' ? record.Line.Raw : record.Parsed.get(source.key)
}

function runGrok(node: ParserNode, grok: NodeGrok, run: NodeRun): boolean {
  const text = textToGrok(grok, run)
  const { record, observer } = run
  if (observer !== undefined) {
    const fields = new Map<string, string>()
    const matched = text !== undefined && grok.grok.parse(text, fields)
    observer.grok?.(node, matched ? fields : undefined)
  }
  if (text === undefined || !grok.grok.parse(text, record.Parsed)) return false
  run.touched = true
  assign(node, grok.assignments, run)
  return true
}

function putAside(stashes: readonly NodeStash[], { scope }: NodeRun): void {
  for (const stash of stashes) {
    try {
      const value = stash.value.evaluate(scope)
      const key = stash.key.evaluate(scope)
      if (typeof value === 'string' && typeof key === 'string') stash.put(key, value)
    } catch {
      // Nothing to put aside on this record.
    }
  }
}

interface ChildState {
  readonly depth: number
  readonly grokked: boolean
  readonly success: boolean
}

function runChildren(node: ParserNode, run: NodeRun, state: ChildState): boolean {
  const { childFilter } = node
  let success = state.success
  // What the filter looked at; a child that ran may have changed it.
  let looked: Looked = 'not yet'
  if (childFilter?.isWhole === true && run.observer === undefined) {
    looked = look(childFilter, run)
    if (looked === 'nothing') return state.grokked && success
  }
  // By index: this runs for each node of each line.
  for (let index = 0; index < node.children.length; index++) {
    const child = node.children[index]
    if (child === undefined) continue
    const number = childFilter?.numbers[index]
    if (childFilter !== undefined && number !== undefined && looked === 'not yet')
      looked = look(childFilter, run)
    const isHopeless =
      number !== undefined && (looked === 'nothing' || childFilter?.filter.canMatch(number) === false)
    if (isHopeless && isLeaf(child) && run.observer === undefined) {
      if (!state.grokked) success = false
      continue
    }
    if (runNode(child, run, { depth: state.depth + 1, isHopeless })) {
      success = true
      if (node.nextStage) break
    } else if (!state.grokked) {
      success = false
    }
    looked = 'not yet'
  }
  return success
}

/** Whether the filter of children has looked at their field; nothing: no pattern can match it, or there is no such field. */
type Looked = 'not yet' | 'nothing' | 'text'

function look({ filter, key }: ChildFilter, { record }: NodeRun): Looked {
  const text = key === undefined ? record.Line.Raw : record.Parsed.get(key)
  return text === undefined || !filter.look(text) ? 'nothing' : 'text'
}

/** A node that has nothing but its grok: when that cannot match, nothing of it can do anything. */
export function isLeaf({ children, whitelist }: Pick<ParserNode, 'children' | 'whitelist'>): boolean {
  return children.length === 0 && whitelist === undefined
}

interface NodePlace {
  readonly depth: number
  /** Whether it is known already that the node's grok does not match. */
  readonly isHopeless: boolean
}

const top: NodePlace = { depth: 0, isHopeless: false }

/**
 * Runs one node: filter, whitelist, grok, stash, children, assignments, stage. A grok that fails fails the node, but its
 * children still run and a successful one makes up for it; without a grok that matched, the last child decides. Throws
 * ParseAborted.
 */
export function runNode(node: ParserNode, run: NodeRun, place: NodePlace = top): boolean {
  run.observer?.entered?.(node, place.depth, run.record)
  const success = passes(node, run) && runPassed(node, run, place)
  run.observer?.left?.(node, success, place.depth)
  return success
}

function runPassed(node: ParserNode, run: NodeRun, { depth, isHopeless }: NodePlace): boolean {
  const { whitelist, grok } = node
  const isWhitelisted = whitelist !== undefined && spare(node, whitelist, run)
  const grokked = grok !== undefined && !isHopeless && runGrok(node, grok, run)
  if (grokked || grok === undefined) putAside(node.stashes, run)
  const started = grokked || grok === undefined
  const success =
    node.children.length === 0 ? started : runChildren(node, run, { depth, grokked, success: started })
  if (!success) return false
  if (whitelist === undefined || isWhitelisted) assign(node, node.assignments, run)
  if (node.nextStage) moveOn(run)
  return true
}

function moveOn({ record, stages }: NodeRun): void {
  const next = stages[stages.indexOf(record.Stage) + 1]
  if (next !== undefined) record.Stage = next
}
