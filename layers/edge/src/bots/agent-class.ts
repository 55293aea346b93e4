import { aiAgents, crawlers, scannerTokens } from './crawlers.ts'
import type { AiAgent, Crawler } from './crawlers.ts'

/** What a client says it is, by its User-Agent. */
export type AgentClass =
  | { readonly kind: 'crawler'; readonly crawler: Crawler }
  | { readonly kind: 'ai'; readonly agent: AiAgent }
  | { readonly kind: 'scanner'; readonly token: string }
  | { readonly kind: 'browser' }
  | { readonly kind: 'other' }
  | { readonly kind: 'none' }

const browser: AgentClass = { kind: 'browser' }
const other: AgentClass = { kind: 'other' }
const none: AgentClass = { kind: 'none' }

function classify(userAgent: string): AgentClass {
  if (userAgent === '') return none
  const text = userAgent.toLowerCase()
  const token = scannerTokens.find((word) => text.includes(word))
  if (token !== undefined) return { kind: 'scanner', token }
  // Applebot-Extended and Google-Extended are longer than the crawlers they belong to.
  const agent = aiAgents.find((candidate) => text.includes(candidate.token))
  if (agent !== undefined) return { kind: 'ai', agent }
  const crawler = crawlers.find((candidate) => text.includes(candidate.token))
  if (crawler !== undefined) return { kind: 'crawler', crawler }
  return text.startsWith('mozilla/') ? browser : other
}

const remembered = 4096
const longest = 512

/** Classes of User-Agents; the same few come again and again, so they are remembered in bounded memory. */
export class AgentClasses {
  private readonly known = new Map<string, AgentClass>()

  of(userAgent: string): AgentClass {
    const found = this.known.get(userAgent)
    if (found !== undefined) return found
    const made = classify(userAgent.slice(0, longest))
    if (this.known.size >= remembered) this.known.clear()
    if (userAgent.length <= longest) this.known.set(userAgent, made)
    return made
  }
}
