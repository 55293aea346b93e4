import { compileLiterals } from '@sevenfold/literals'

import { evaluateClosed } from '../backend/evaluate-closed.ts'
import { isPure, isSteady, partsOf, type Ir, type RuntimeFunction } from '../ir/ir.ts'
import { boolType } from '../type.ts'

interface KnownLoop {
  readonly list: Ir
  readonly body: Ir
  /** Local of the item. */
  readonly item: number
}

/**
 * `any(list, {text contains item})` over a list that is known beforehand, as one test of the text: a single pass for
 * `contains`, a look-up for `==`, `startsWith` and `endsWith`. The item may be changed by functions that give the same
 * whenever they run, and conditions on the item alone (`len(#) > 0`) are answered now. Undefined: not of that shape.
 */
export function knownListTest(name: string, { list, body, item }: KnownLoop): Ir | undefined {
  if (name !== 'any' || list.kind !== 'constant' || !Array.isArray(list.value) || !isPure(body))
    return undefined
  const conditions = conjunctsOf(body)
  const about = conditions.filter((part) => usesOutside(part, item))
  const [test] = about
  if (test === undefined || about.length !== 1 || test.kind !== 'operator') return undefined
  const shape = sidesOf(test, item)
  if (shape === undefined) return undefined
  const texts: string[] = []
  for (const value of list.value as readonly unknown[]) {
    const own = conditions.filter((part) => part !== test)
    if (!own.every((part) => evaluateClosed(part, item, value) === true)) continue
    const text = evaluateClosed(shape.wanted, item, value)
    if (typeof text !== 'string') return undefined
    texts.push(text)
  }
  const key = `${test.operator} ${JSON.stringify(texts)}`
  const fn = testers.get(key) ?? testerOf(test.operator, texts)
  if (fn === undefined) return undefined
  if (testers.size < maxTesters) testers.set(key, fn)
  return { kind: 'call', type: boolType, fn, args: [shape.text], pure: true }
}

/** Equal lists have one function, so that expressions that ask the same are seen to. */
const testers = new Map<string, RuntimeFunction>()
const maxTesters = 500

function conjunctsOf(node: Ir): readonly Ir[] {
  return node.kind === 'and' ? [...conjunctsOf(node.left), ...conjunctsOf(node.right)] : [node]
}

/** Text looked at (no item in it) and text looked for (nothing but the item in it). */
function sidesOf(
  test: Extract<Ir, { kind: 'operator' }>,
  item: number,
): { readonly text: Ir; readonly wanted: Ir } | undefined {
  const { operator, left, right } = test
  if (left.type.kind !== 'string' || right.type.kind !== 'string') return undefined
  const fits = (text: Ir, wanted: Ir): boolean =>
    !usesLocals(text) && !usesOutside(wanted, item) && usesLocals(wanted)
  if (fits(left, right)) return { text: left, wanted: right }
  return operator === '===' && fits(right, left) ? { text: right, wanted: left } : undefined
}

function usesLocals(node: Ir): boolean {
  return node.kind === 'local' || partsOf(node).some((part) => usesLocals(part))
}

/** Whether a node reads anything but the item: the event, or other locals. */
function usesOutside(node: Ir, item: number): boolean {
  if (node.kind === 'let' || node.kind === 'loop' || !isSteady(node)) return true
  if (node.kind === 'local') return node.index !== item
  return partsOf(node).some((part) => usesOutside(part, item))
}

function testerOf(operator: string, texts: readonly string[]): RuntimeFunction | undefined {
  if (operator === '===') {
    const known = new Set(texts)
    return (text: string) => known.has(text)
  }
  if (operator === 'includes') return containsAny(texts)
  if (operator === 'startsWith') return edgeTest(texts, (text, length) => text.slice(0, length))
  return operator === 'endsWith'
    ? edgeTest(texts, (text, length) => text.slice(text.length - length))
    : undefined
}

function containsAny(texts: readonly string[]): RuntimeFunction {
  if (texts.includes('')) return () => true
  if (texts.length < 4) return (text: string) => texts.some((wanted) => text.includes(wanted))
  const scanner = compileLiterals([...new Set(texts)], { mode: 'string' })
  const sink = new Uint32Array(Math.ceil(scanner.count / 32))
  return (text: string) => {
    sink.fill(0)
    scanner.scan(text, sink)
    for (const word of sink) if (word !== 0) return true
    return false
  }
}

function edgeTest(texts: readonly string[], edge: (text: string, length: number) => string): RuntimeFunction {
  const byLength = new Map<number, Set<string>>()
  for (const text of texts)
    byLength.set(text.length, (byLength.get(text.length) ?? new Set<string>()).add(text))
  const groups = [...byLength]
  return (text: string) =>
    groups.some(([length, known]) => length <= text.length && known.has(edge(text, length)))
}
