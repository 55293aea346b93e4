/** A finding of a report, as it stands in the ledger: `site directive source`. */
export type CspResource = string

const keywords: ReadonlyMap<string, string> = new Map([
  ['inline', "'unsafe-inline'"],
  ['eval', "'unsafe-eval'"],
  ['wasm-eval', "'wasm-unsafe-eval'"],
  ['self', "'self'"],
  ['data', 'data:'],
  ['blob', 'blob:'],
  ['filesystem', 'filesystem:'],
])

/** What `sevenfold edge csp` proposes. */
export interface CspProposal {
  readonly policy: string
  /** What a person should look at before: allowances that weaken the policy. */
  readonly warnings: readonly string[]
}

const weak = new Set(["'unsafe-inline'", "'unsafe-eval'", 'data:'])

/**
 * A policy that would have let everything pass that was reported, beginning from `policy`.
 * @param resources `finding.resource` of the reports of one site.
 */
export function cspProposal(policy: string, resources: readonly CspResource[]): CspProposal {
  const directives = new Map<string, string[]>()
  for (const part of policy.split(';')) {
    const [name = '', ...sources] = part.trim().split(/\s+/)
    if (name !== '') directives.set(name.toLowerCase(), sources)
  }
  const warnings = new Set<string>()
  for (const resource of resources) {
    const [, directive = '', source = ''] = resource.split(' ')
    const allowed = keywords.get(source) ?? source
    if (directive === '' || allowed === '') continue
    const list = directives.get(directive) ?? [...(directives.get('default-src') ?? ["'self'"])]
    if (!list.includes(allowed)) list.push(allowed)
    directives.set(
      directive,
      list.filter((entry) => entry !== "'none'" || list.length === 1),
    )
    const executes = directive === 'script-src' || directive === 'default-src' || directive === 'object-src'
    if (executes && weak.has(allowed)) warnings.add(`${directive} ${allowed} lets injected scripts run`)
  }
  const text = Array.from(directives, ([name, sources]) => [name, ...sources].join(' ')).join('; ')
  return { policy: text, warnings: [...warnings] }
}
