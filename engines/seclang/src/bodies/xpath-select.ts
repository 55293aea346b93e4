import type { XmlDocument } from './xml-document.ts'

/** Most values that one path gives. */
export const maxXPathValues = 10_000

/** One step of a path. */
export interface XPathStep {
  readonly deep: boolean
  readonly kind: 'element' | 'attribute' | 'text' | 'self'
  /** null: names in every namespace. */
  readonly prefix: string | null
  /** `*` for every name. */
  readonly name: string
  readonly predicates: readonly XPathPredicate[]
}

/** An element among those that a step selects below one parent. */
interface Place {
  readonly document: XmlDocument
  readonly element: number
  readonly position: number
  readonly size: number
}

/** A condition in square brackets. */
export type XPathPredicate = (place: Place) => boolean

/** In place of an element: the document node above the root. */
const above = -1

/** The first {@link maxXPathValues} values that the steps select, in document order, none of them twice. */
export function selectValues(
  document: XmlDocument,
  steps: readonly XPathStep[],
  namespaces: ReadonlyMap<string, string>,
): string[] {
  let context: number[] = [above]
  for (const step of steps) {
    const holders = step.deep ? withDescendants(document, context) : context
    if (step.kind === 'attribute' || step.kind === 'text') return valuesOf(document, holders, step)
    if (step.kind === 'element') {
      const found: number[] = []
      for (const holder of holders) addChildren(document, holder, { step, namespaces, found })
      context = ordered(found)
    } else context = holders
  }
  return context
    .slice(0, maxXPathValues)
    .map((element) => document.textBetween(element + 1, endOf(document, element)))
}

/** Whether any child of an element, attributes left out, is meant. */
export function hasChild(
  document: XmlDocument,
  element: number,
  isMeant: (child: number) => boolean,
): boolean {
  const end = endOf(document, element)
  for (let child = firstChild(document, element); child < end; child = next(document, child))
    if (isMeant(child)) return true
  return false
}

/** Whether an element has an attribute of a name, with a value if one is given. */
export function hasAttribute(
  document: XmlDocument,
  element: number,
  wanted: { readonly name: string; readonly value: string | undefined },
): boolean {
  for (let node = element + 1; document.isAttribute(node); node++) {
    if (document.names.local(document.nameOf(node)) !== wanted.name) continue
    if (wanted.value === undefined || document.value(node) === wanted.value) return true
  }
  return false
}

/** Elements and all below them; those inside of others are not looked at again. */
function withDescendants(document: XmlDocument, elements: readonly number[]): number[] {
  const found: number[] = []
  let seen = above
  for (const element of elements) {
    const end = endOf(document, element)
    if (element === above) found.push(above)
    for (let node = Math.max(element, seen, 0); node < end; node++)
      if (document.isElement(node)) found.push(node)
    seen = Math.max(seen, end)
  }
  return found
}

function valuesOf(document: XmlDocument, holders: readonly number[], step: XPathStep): string[] {
  const nodes: number[] = []
  for (const holder of holders) {
    if (nodes.length >= maxXPathValues) break
    if (step.kind === 'text') addTexts(document, holder, nodes)
    else if (holder !== above) addAttributes(document, holder, { step, nodes })
  }
  return ordered(nodes)
    .slice(0, maxXPathValues)
    .map((node) => document.value(node))
}

function addTexts(document: XmlDocument, holder: number, nodes: number[]): void {
  const end = endOf(document, holder)
  for (let child = firstChild(document, holder); child < end; child = next(document, child))
    if (document.isText(child)) nodes.push(child)
}

function addAttributes(
  document: XmlDocument,
  holder: number,
  { step, nodes }: { step: XPathStep; nodes: number[] },
): void {
  for (let node = holder + 1; document.isAttribute(node); node++)
    if (step.name === '*' || document.names.local(document.nameOf(node)) === step.name) nodes.push(node)
}

function addChildren(
  document: XmlDocument,
  holder: number,
  { step, namespaces, found }: { step: XPathStep; namespaces: ReadonlyMap<string, string>; found: number[] },
): void {
  let children: number[] = []
  const end = endOf(document, holder)
  for (let child = firstChild(document, holder); child < end; child = next(document, child))
    if (document.isElement(child) && isNamed(document, child, { step, namespaces })) children.push(child)
  for (const predicate of step.predicates) {
    const size = children.length
    children = children.filter((element, index) =>
      predicate({ document, element, position: index + 1, size }),
    )
  }
  for (const child of children) found.push(child)
}

function isNamed(
  document: XmlDocument,
  element: number,
  { step, namespaces }: { step: XPathStep; namespaces: ReadonlyMap<string, string> },
): boolean {
  const name = document.nameOf(element)
  if (step.name !== '*' && step.name !== document.names.local(name)) return false
  if (step.prefix === null || step.prefix === '*') return true
  return (
    namespaces.get(step.prefix) === document.namespaceOf(element) ||
    step.prefix === document.names.prefix(name)
  )
}

function endOf(document: XmlDocument, element: number): number {
  return element === above ? document.size : document.endOf(element)
}

function firstChild(document: XmlDocument, element: number): number {
  let node = element + 1
  if (element !== above) while (document.isAttribute(node)) node++
  return node
}

function next(document: XmlDocument, child: number): number {
  return document.isElement(child) ? document.endOf(child) : child + 1
}

/** In document order, each once. */
function ordered(nodes: number[]): number[] {
  for (let index = 1; index < nodes.length; index++)
    if ((nodes[index] ?? 0) <= (nodes[index - 1] ?? 0)) return [...new Set(nodes)].toSorted((a, b) => a - b)
  return nodes
}
