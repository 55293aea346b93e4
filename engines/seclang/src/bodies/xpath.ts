import type { XmlDocument } from './xml-document.ts'
import { hasAttribute, hasChild, selectValues } from './xpath-select.ts'
import type { XPathPredicate, XPathStep } from './xpath-select.ts'

/** A compiled path; gives the values that it selects, in document order. */
export type XPath = (document: XmlDocument) => string[]

const stepPattern = /(\/\/|\/)(?:(\.|text\(\)|node\(\))|(@)?(?:([-\w.]+|\*):)?([-\w.]+|\*))((?:\[[^\]]*\])*)/y

/**
 * Compiles the subset of XPath 1.0 that rules use: `/`, `//`, names with prefix, `*`, `@name`, `@*`, `text()`, `.`
 * and the predicates `[n]`, `[last()]`, `[name]`, `[text()]`, `[@name]`, `[@name='value']`.
 * Throws an Error for anything else. `namespaces` maps the prefixes of the rule's `xmlns` actions.
 */
export function compileXPath(path: string, namespaces: ReadonlyMap<string, string>): XPath {
  const steps: XPathStep[] = []
  let at = 0
  while (at < path.length) {
    stepPattern.lastIndex = at
    const match = stepPattern.exec(path)
    if (match === null) throw new Error(`XPath is not supported: ${path}`)
    steps.push(readStep(match, path))
    at = stepPattern.lastIndex
  }
  if (steps.length === 0) throw new Error('XPath is empty')
  return (document) => selectValues(document, steps, namespaces)
}

function readStep(match: RegExpExecArray, path: string): XPathStep {
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

function readPredicate(text: string, path: string): XPathPredicate {
  const body = text.trim()
  if (/^\d{1,6}$/.test(body)) return ({ position }) => position === Number(body)
  if (body === 'last()') return ({ position, size }) => position === size
  if (body === 'text()')
    return ({ document, element }) => hasChild(document, element, (child) => document.isText(child))
  const attribute = /^@([-\w.:]+)(?:\s*=\s*(?:'([^']*)'|"([^"]*)"))?$/.exec(body)
  if (attribute !== null) {
    const name = (attribute[1] ?? '').replace(/^.*:/, '')
    const wanted = attribute[2] ?? attribute[3]
    return ({ document, element }) => hasAttribute(document, element, { name, value: wanted })
  }
  if (!/^[-\w.]+$/.test(body)) throw new Error(`XPath is not supported: ${path}`)
  return ({ document, element }) =>
    hasChild(
      document,
      element,
      (child) => document.isElement(child) && document.names.local(document.nameOf(child)) === body,
    )
}
