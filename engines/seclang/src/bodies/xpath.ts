import { textContent } from './xml-tree.ts'
import type { XmlElement } from './xml-tree.ts'

/** A compiled path; gives the values that it selects, in document order. */
export type XPath = (root: XmlElement) => string[]

/** Most values that one path gives. */
export const maxXPathValues = 10_000

interface Step {
  readonly deep: boolean
  readonly kind: 'element' | 'attribute' | 'text' | 'self'
  readonly prefix: string | null
  readonly name: string
  readonly predicates: readonly Predicate[]
}

type Predicate = (element: XmlElement, position: number, size: number) => boolean

const stepPattern = /(\/\/|\/)(?:(\.|text\(\)|node\(\))|(@)?(?:([-\w.]+|\*):)?([-\w.]+|\*))((?:\[[^\]]*\])*)/y

/**
 * Compiles the subset of XPath 1.0 that rules use: `/`, `//`, names with prefix, `*`, `@name`, `@*`, `text()`, `.`
 * and the predicates `[n]`, `[last()]`, `[name]`, `[text()]`, `[@name]`, `[@name='value']`.
 * Throws an Error for anything else. `namespaces` maps the prefixes of the rule's `xmlns` actions.
 */
export function compileXPath(path: string, namespaces: ReadonlyMap<string, string>): XPath {
  const steps: Step[] = []
  let at = 0
  while (at < path.length) {
    stepPattern.lastIndex = at
    const match = stepPattern.exec(path)
    if (match === null) throw new Error(`XPath is not supported: ${path}`)
    steps.push(readStep(match, path))
    at = stepPattern.lastIndex
  }
  if (steps.length === 0) throw new Error('XPath is empty')
  return (root) => evaluate(root, steps, namespaces)
}

function readStep(match: RegExpExecArray, path: string): Step {
  const [, axis, special, at, prefix, name, predicates] = match
  const kind =
    special === 'text()'
      ? 'text'
      : special !== undefined
        ? 'self'
        : at === undefined
          ? 'element'
          : 'attribute'
  return {
    deep: axis === '//',
    kind,
    prefix: prefix ?? null,
    name: name ?? '*',
    predicates: [...(predicates ?? '').matchAll(/\[([^\]]*)\]/g)].map((found) =>
      readPredicate(found[1] ?? '', path),
    ),
  }
}

function readPredicate(text: string, path: string): Predicate {
  const body = text.trim()
  if (/^\d{1,6}$/.test(body)) return (_element, position) => position === Number(body)
  if (body === 'last()') return (_element, position, size) => position === size
  if (body === 'text()') return (element) => element.children.some((child) => child.kind === 'text')
  const attribute = /^@([-\w.:]+)(?:\s*=\s*(?:'([^']*)'|"([^"]*)"))?$/.exec(body)
  if (attribute !== null) {
    const name = (attribute[1] ?? '').replace(/^.*:/, '')
    const wanted = attribute[2] ?? attribute[3]
    return (element) =>
      element.attributes.some((found) => found.name === name && (wanted ?? found.value) === found.value)
  }
  if (!/^[-\w.]+$/.test(body)) throw new Error(`XPath is not supported: ${path}`)
  return (element) => element.children.some((child) => child.kind === 'element' && child.name === body)
}

function evaluate(
  root: XmlElement,
  steps: readonly Step[],
  namespaces: ReadonlyMap<string, string>,
): string[] {
  // The document node stands above the root element.
  const document: XmlElement = {
    kind: 'element',
    prefix: '',
    name: '',
    namespace: '',
    attributes: [],
    children: [root],
  }
  let context: XmlElement[] = [document]
  for (const [index, step] of steps.entries()) {
    const holders = step.deep ? context.flatMap((element) => withDescendants(element)) : context
    if (step.kind === 'attribute') return attributeValues(holders, step).slice(0, maxXPathValues)
    if (step.kind === 'text') return textValues(holders).slice(0, maxXPathValues)
    if (step.kind === 'element')
      context = holders.flatMap((element) => childElements(element, step, namespaces))
    else context = holders
    if (index === steps.length - 1) break
  }
  return [...new Set(context)].slice(0, maxXPathValues).map(textContent)
}

function withDescendants(element: XmlElement): XmlElement[] {
  const found: XmlElement[] = []
  const open: XmlElement[] = [element]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    found.push(node)
    for (let index = node.children.length - 1; index >= 0; index--) {
      const child = node.children[index]
      if (child?.kind === 'element') open.push(child)
    }
  }
  return found
}

function childElements(
  element: XmlElement,
  step: Step,
  namespaces: ReadonlyMap<string, string>,
): XmlElement[] {
  let found = element.children.filter(
    (child): child is XmlElement => child.kind === 'element' && isNamed(child, step, namespaces),
  )
  for (const predicate of step.predicates) {
    const size = found.length
    found = found.filter((child, index) => predicate(child, index + 1, size))
  }
  return found
}

function isNamed(element: XmlElement, step: Step, namespaces: ReadonlyMap<string, string>): boolean {
  if (step.name !== '*' && step.name !== element.name) return false
  if (step.prefix === null || step.prefix === '*') return true
  return namespaces.get(step.prefix) === element.namespace || step.prefix === element.prefix
}

function attributeValues(holders: readonly XmlElement[], step: Step): string[] {
  const values: string[] = []
  for (const { attributes } of holders)
    for (const { name, value } of attributes) if (step.name === '*' || step.name === name) values.push(value)
  return values
}

function textValues(holders: readonly XmlElement[]): string[] {
  const values: string[] = []
  for (const { children } of holders)
    for (const child of children) if (child.kind === 'text') values.push(child.value)
  return values
}
