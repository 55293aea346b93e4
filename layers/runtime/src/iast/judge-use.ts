import type { SinkUse } from '../agent/agent.ts'
import type { Mark, Safety } from './taints.ts'
import type { WeaknessName } from './weakness.ts'

/** A flow that was found. */
export interface Flow {
  readonly name: WeaknessName
  readonly mark: Mark
}

const rules: Readonly<
  Record<SinkUse['kind'], { readonly name: WeaknessName; readonly safe: readonly Safety[] }>
> = {
  statement: { name: 'sql-injection', safe: ['quotes', 'checked'] },
  line: { name: 'command-injection', safe: ['quotes', 'checked'] },
  program: { name: 'command-injection', safe: ['checked'] },
  file: { name: 'path-traversal', safe: ['path', 'checked'] },
  host: { name: 'ssrf', safe: ['checked'] },
  code: { name: 'code-injection', safe: ['checked'] },
  template: { name: 'template-injection', safe: ['checked'] },
  markup: { name: 'xss', safe: ['markup', 'checked'] },
  location: { name: 'open-redirect', safe: ['checked'] },
  filter: { name: 'ldap-injection', safe: ['quotes', 'checked'] },
  regex: { name: 'regex-denial', safe: ['checked'] },
}

/** A redirect is chosen by whoever writes its beginning; behind `/x` or `https://own/` only a path is. */
function choosesSite(text: string, { start }: Mark): boolean {
  return !/^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]+[/?#]|\/(?!\/|$)|\?|#)/i.test(text.slice(0, start))
}

function isDangerous(use: SinkUse, mark: Mark): boolean {
  if (mark.safe.some((safety) => rules[use.kind].safe.includes(safety))) return false
  // A page of another site cannot make a browser send JSON or a header and show the answer.
  if (use.kind === 'markup') return mark.source.isLinkable
  return use.kind !== 'location' || choosesSite(use.text, mark)
}

/**
 * Judges a sink by the ways of inputs alone: does a part of its argument come from the request without anything that
 * takes its danger away? The value itself may be as innocent as in any test. `marksOf` gives the marks of a text.
 */
export function judgeUse(
  use: SinkUse,
  marksOf: (text: string) => readonly Mark[] | undefined,
): Flow | undefined {
  const { name } = rules[use.kind]
  const own = marksOf(use.text)?.find((mark) => isDangerous(use, mark))
  if (own !== undefined) return { name, mark: own }
  if (use.kind !== 'program') return undefined
  const args = use.args ?? []
  // An argument is read as an option only where it may begin with a dash; a shell reads what follows -c.
  for (const [i, arg] of args.entries()) {
    const isLine = /^-\w*c\w*$/.test(args[i - 1] ?? '') && /(?:^|\/)(?:ba|da|z|k|a)?sh$/.test(use.text)
    if (!isLine && !arg.startsWith('-')) continue
    const mark = marksOf(arg)?.find((one) => isLine || one.start === 0)
    if (mark !== undefined && !mark.safe.includes(isLine ? 'quotes' : 'checked')) return { name, mark }
  }
  return undefined
}
