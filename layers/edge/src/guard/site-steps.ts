import type { Mode } from '@sevenfold/event'
import type { AiPolicies } from '../bots/ai-policies.ts'
import type { CrawlerVerifier } from '../bots/crawler-verifier.ts'
import type { Honeypot } from '../bots/honeypot.ts'
import type { Challenger } from '../challenge/challenger.ts'
import type { GeoReader } from '../geo/geo-reader.ts'
import type { GeoRules } from '../geo/geo-rules.ts'
import type { AnswerHeaders } from '../headers/answer-headers.ts'
import type { Step } from '../pipeline/site.ts'
import type { RateLimiter } from '../rate/rate-limiter.ts'
import type { SiteSchema } from '../schema/site-schema.ts'
import type { GuardServices } from './guard-services.ts'

/** Everything that judges the requests of one site between ban and inspection. */
export interface SiteSteps {
  readonly site: string
  readonly services: GuardServices
  readonly limiter: RateLimiter
  readonly geo: { readonly reader: GeoReader; readonly rules: GeoRules } | null
  readonly scannersRefused: boolean
  readonly policies: AiPolicies
  readonly honeypot: Honeypot
  /** Null: claims of crawlers are not looked at. */
  readonly verifier: CrawlerVerifier | null
  readonly challenger: Challenger
  /** Text of robots.txt when the edge answers it. */
  readonly robots: string | null
  readonly schema: SiteSchema | null
  readonly headers: AnswerHeaders
  readonly sessionCookie: string
  readonly sheds: boolean
  /** True: a request whose judgement broke goes on. */
  readonly failuresPass: boolean
  mode(step: Step): Mode
}
