import type { XmlElement } from './xml.ts'

/** One step of a path. */
interface PathStep {
  /** `*` for any. */
  readonly name: string
  /** Any depth below (`//`). */
  readonly deep: boolean
  readonly conditions: readonly PathCondition[]
}

type PathCondition =
  | { readonly kind: 'position'; readonly position: number }
  | { readonly kind: 'attribute'; readonly name: string; readonly value: string | undefined }
  | { readonly kind: 'child'; readonly name: string; readonly value: string | undefined }

const step = /(\/{1,2}|^)([\w.*:-]+)((?:\[[^\]]*\])*)/y
const condition = /\[(?:(-?\d{1,6})|(@?)([\w.:-]+)(?:\s*=\s*(?:'([^']*)'|"([^"]*)"))?)\]/y

/** Steps of a path such as `/Event/EventData[1]/Data[@Name='Image']`; undefined when it is none. */
export function parseXmlPath(path: string): readonly PathStep[] | undefined {
  const steps: PathStep[] = []
  step.lastIndex = 0
  while (step.lastIndex < path.length) {
    const found = step.exec(path)
    const conditions = found === null ? undefined : parseConditions(found[3] ?? '')
    if (found === null || conditions === undefined) return undefined
    const name = found[2] ?? ''
    steps.push({ name: name.slice(name.indexOf(':') + 1), deep: found[1] === '//', conditions })
  }
  return steps.length === 0 ? undefined : steps
}

function parseConditions(text: string): readonly PathCondition[] | undefined {
  const conditions: PathCondition[] = []
  condition.lastIndex = 0
  while (condition.lastIndex < text.length) {
    const found = condition.exec(text)
    if (found === null) return undefined
    const [, position, at, name = '', single, double] = found
    if (position !== undefined) conditions.push({ kind: 'position', position: Number(position) })
    else conditions.push({ kind: at === '@' ? 'attribute' : 'child', name, value: single ?? double })
  }
  return conditions
}

/** The first element at a path below a document's root. */
export function findElement(root: XmlElement, path: readonly PathStep[]): XmlElement | undefined {
  let found: readonly XmlElement[] = [root]
  for (const part of path) {
    found = found.flatMap((element) => selected(part.deep ? below(element) : element.children, part))
    if (found.length === 0) return undefined
  }
  return found[0]
}

function below(element: XmlElement): readonly XmlElement[] {
  return element.children.flatMap((child) => [child, ...below(child)])
}

function selected(elements: readonly XmlElement[], { name, conditions }: PathStep): readonly XmlElement[] {
  let kept = name === '*' ? elements : elements.filter((element) => element.name === name)
  for (const wanted of conditions) {
    if (wanted.kind === 'position') {
      const one = kept.at(wanted.position > 0 ? wanted.position - 1 : wanted.position)
      kept = one === undefined ? [] : [one]
    } else kept = kept.filter((element) => holds(element, wanted))
  }
  return kept
}

function holds(element: XmlElement, wanted: Exclude<PathCondition, { kind: 'position' }>): boolean {
  const value =
    wanted.kind === 'attribute'
      ? element.attributes.get(wanted.name)
      : element.children.find((child) => child.name === wanted.name)?.text
  return value !== undefined && (wanted.value === undefined || value === wanted.value)
}
