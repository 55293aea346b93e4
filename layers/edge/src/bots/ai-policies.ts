import type { SiteConfig } from '@sevenfold/config'
import { aiAgents } from './crawlers.ts'

/** What a site does about an AI crawler. */
export type AiPolicy = 'allow' | 'limit' | 'refuse'

/** The policies of a site. */
export class AiPolicies {
  /** Agents that may not do as they like, in the order of their list. */
  readonly restricted: readonly { readonly agent: string; readonly policy: AiPolicy }[]
  /** What robots.txt asks of limited agents. */
  readonly secondsBetween: number
  readonly perMinute: number
  private readonly byName = new Map<string, AiPolicy>()
  private readonly fallback: AiPolicy

  constructor(config: SiteConfig['bots']['ai']) {
    this.fallback = config.default
    this.perMinute = config.perMinute
    this.secondsBetween = Math.max(1, Math.ceil(60 / config.perMinute))
    for (const [name, policy] of Object.entries(config.agents)) this.byName.set(name.toLowerCase(), policy)
    this.restricted = aiAgents
      .map(({ name }) => ({ agent: name, policy: this.of(name) }))
      .filter(({ policy }) => policy !== 'allow')
  }

  of(agent: string): AiPolicy {
    return this.byName.get(agent.toLowerCase()) ?? this.fallback
  }
}
