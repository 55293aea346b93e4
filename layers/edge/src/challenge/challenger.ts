import { randomBytes } from 'node:crypto'
import type { SiteConfig } from '@sevenfold/config'
import type { HeadFacts } from '../http/head-facts.ts'
import { cookieValue } from '../rate/cookie-value.ts'
import type { Allowance } from '../rate/gcra-table.ts'
import { PathSet } from '../rate/path-set.ts'
import { keySpaces } from '../rate/rate-limiter.ts'
import type { RateShared } from '../rate/rate-limiter.ts'
import { challengeFields, challengePage } from './challenge-page.ts'
import { isBrowserNavigation } from './is-browser-navigation.ts'
import { isSolved, readChallenge, readPass, writeChallenge, writePass } from './token.ts'
import type { Binding, Challenge, Pass, Way } from './token.ts'

/** Where solutions are sent. */
export const passPath = '/.sevenfold/pass'
/** Cookie that a solved challenge lives in. */
export const passCookie = 'sevenfold_pass'
/** How long a challenge may be worked on, seconds. */
export const challengeSeconds = 300
/** How long a browser without scripts waits, seconds. */
export const waitSeconds = 6
/** Solved challenges that one /24 or /64 may hand in a minute. */
export const passesPerMinute = 30
/** Part of the budget of whoever only waited. */
const waitShare = 0.1

const minuteMs = 60_000
const rememberedPasses = 10_000

/** Who is challenged, or hands in a solution. */
export interface ChallengeClient {
  readonly address: string
  readonly binding: Binding
  readonly secure: boolean
}

/** What a solution is worth. */
export type Redeemed =
  | { readonly kind: 'passed'; readonly fields: string }
  | {
      readonly kind: 'refused'
      readonly why: 'malformed' | 'foreign' | 'late' | 'early' | 'unsolved' | 'spent' | 'too-many'
    }

/** What the challenger needs besides its configuration. */
export interface ChallengerOptions {
  readonly site: string
  readonly key: Uint8Array
  readonly shared: RateShared
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * Challenges of one site. Stateless: what a challenge says is signed, and bound to the site, the client's /24 or /64 and
 * its TLS fingerprint. That a challenge is spent once is counted in the primary.
 */
export class Challenger {
  private readonly config: SiteConfig['challenge']
  private readonly options: ChallengerOptions
  private readonly excluded: PathSet
  private readonly verified = new Map<string, Pass>()
  private readonly passes: Allowance = { emissionMs: minuteMs / passesPerMinute, windowMs: minuteMs }
  /** Challenges handed out of late, in steps of ten seconds: many at a time are a flood, and cost it more. */
  private issuedLately = 0
  private issuedSince = 0

  constructor(config: SiteConfig['challenge'], options: ChallengerOptions) {
    this.config = config
    this.options = options
    this.excluded = new PathSet(config.exclude)
  }

  get when(): 'never' | 'suspicious' | 'always' {
    return this.config.when
  }

  get score(): number {
    return this.config.score
  }

  /** True when a challenge can be the answer to a request. */
  fits(facts: HeadFacts, path: string): boolean {
    return isBrowserNavigation(facts, path, this.excluded)
  }

  /** The pass of a request, when it is ours, in time, and has budget left; that is charged here. */
  pass({ cookie }: HeadFacts, binding: Binding): Pass | null {
    const token = cookieValue(cookie, passCookie)
    if (token === undefined) return null
    const pass = this.read(token, binding)
    if (pass === null || pass.until * 1000 <= this.options.now()) return null
    return this.hasBudget(pass) ? pass : null
  }

  /**
   * The page with a fresh challenge.
   * @param points how suspicious the client is; each three points above the threshold double its work.
   */
  page(
    client: ChallengeClient,
    target: string,
    facts: { points: number; requestId: string },
  ): { fields: string; body: string } {
    const challenge: Challenge = {
      nonce: randomBytes(12).toString('base64url'),
      issued: Math.floor(this.options.now() / 1000),
      difficulty: this.difficulty(facts.points),
    }
    const token = writeChallenge(this.options.key, challenge, client.binding)
    const to = encodedTarget(target)
    const body = challengePage({
      token,
      difficulty: challenge.difficulty,
      way: `${passPath}?to=${to}&c=${token}`,
      waitWay: this.config.withoutScript ? `${passPath}?to=${to}&c=${token}&w=1` : null,
      waitSeconds,
      requestId: facts.requestId,
    })
    return { fields: challengeFields, body }
  }

  /** Takes a solution from the query of a request to `passPath`; `told` is called once, at once or later. */
  redeem(query: string, client: ChallengeClient, told: (redeemed: Redeemed) => void): void {
    const { shared } = this.options
    const checked = this.check(query, client)
    if ('kind' in checked) {
      told(checked)
      return
    }
    const { challenge, way, target } = checked
    shared.keys.client(client.address)
    if (shared.table.charge(shared.keys.prefix(keySpaces.passes), this.passes, shared.monotonicMs()) > 0) {
      told({ kind: 'refused', why: 'too-many' })
      return
    }
    this.spend(challenge, (fresh) =>
      told(
        fresh
          ? { kind: 'passed', fields: this.passFields(client, way, target) }
          : { kind: 'refused', why: 'spent' },
      ),
    )
  }

  /** What can be checked without asking anybody. Hot: bounds how fast solutions can be thrown at us. */
  check(
    query: string,
    client: ChallengeClient,
  ): Extract<Redeemed, { kind: 'refused' }> | { challenge: Challenge; way: Way; target: string } {
    const parameters = new URLSearchParams(query)
    const token = parameters.get('c') ?? ''
    const target = localTarget(parameters.get('to') ?? '/')
    if (token === '' || target === null) return { kind: 'refused', why: 'malformed' }
    const challenge = readChallenge(this.options.key, token, client.binding)
    if (challenge === null) return { kind: 'refused', why: 'foreign' }
    const age = this.options.now() / 1000 - challenge.issued
    if (age > challengeSeconds || age < -1) return { kind: 'refused', why: 'late' }
    if (parameters.get('w') === '1') {
      if (!this.config.withoutScript) return { kind: 'refused', why: 'unsolved' }
      return age < waitSeconds ? { kind: 'refused', why: 'early' } : { challenge, way: 'wait', target }
    }
    return isSolved(token, parameters.get('n') ?? '', challenge.difficulty)
      ? { challenge, way: 'work', target }
      : { kind: 'refused', why: 'unsolved' }
  }

  /** Reads a pass; good ones are remembered, because a client shows the same with every request. */
  private read(token: string, binding: Binding): Pass | null {
    const name = `${token} ${binding.prefix} ${binding.ja4}`
    const known = this.verified.get(name)
    if (known !== undefined) return known
    const pass = readPass(this.options.key, token, binding)
    if (pass === null) return null
    if (this.verified.size >= rememberedPasses) this.verified.clear()
    this.verified.set(name, pass)
    return pass
  }

  private hasBudget(pass: Pass): boolean {
    const { shared } = this.options
    const budget = pass.way === 'work' ? this.config.budget : Math.max(1, this.config.budget * waitShare)
    const { lifetimeMs } = this.config
    const key = shared.keys.text(keySpaces.budget, pass.id)
    // Nothing comes back within its lifetime: what is charged in advance is the whole of it.
    return (
      shared.table.charge(
        key,
        { emissionMs: lifetimeMs, windowMs: lifetimeMs * budget },
        shared.monotonicMs(),
      ) === 0
    )
  }

  private spend(challenge: Challenge, told: (fresh: boolean) => void): void {
    const { shared } = this.options
    const key = { ...shared.keys.text(keySpaces.passes, challenge.nonce) }
    const once = { emissionMs: challengeSeconds * 2000, windowMs: challengeSeconds * 2000 }
    // The worker's own counter first: a repeat that it knows needs no question, and it decides when nobody answers.
    if (shared.table.charge(key, once, shared.monotonicMs()) > 0) told(false)
    else if (shared.exact === null) told(true)
    else shared.exact.charge(key, once, (wait) => told(wait <= 0))
  }

  private passFields(client: ChallengeClient, way: Way, target: string): string {
    const seconds = Math.floor(this.config.lifetimeMs / 1000)
    const pass: Pass = {
      id: randomBytes(12).toString('base64url'),
      until: Math.floor(this.options.now() / 1000) + seconds,
      way,
    }
    const token = writePass(this.options.key, pass, client.binding)
    const secure = client.secure ? '; Secure' : ''
    return `Location: ${target}\r\nSet-Cookie: ${passCookie}=${token}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}\r\nCache-Control: no-store\r\nReferrer-Policy: same-origin\r\n`
  }

  private difficulty(points: number): number {
    const now = this.options.now()
    if (now - this.issuedSince > 10_000) {
      this.issuedSince = now
      this.issuedLately >>>= 2
    }
    this.issuedLately += 1
    const crowd = Math.max(0, Math.floor(Math.log2(this.issuedLately / 500)))
    const suspicion = Math.floor(Math.max(0, points - this.config.score) / 3)
    const top = Math.max(this.config.difficulty, this.config.maximumDifficulty)
    return Math.min(top, this.config.difficulty + crowd + suspicion)
  }
}

/** Longest place to go back to, percent-encoded: what leads there must itself be a target that is taken. */
const longestTarget = 4096

/** The place that was asked for; without its query when that is too long, because a visitor must get through. */
function encodedTarget(target: string): string {
  const whole = encodeURIComponent(target)
  if (whole.length <= longestTarget) return whole
  const path = encodeURIComponent(target.split('?', 1)[0] ?? '/')
  return path.length <= longestTarget ? path : '%2F'
}

/** A place on this site, safe in a header; null for anything that leads elsewhere. */
export function localTarget(to: string): string | null {
  if (!/^\/(?![/\\])[\u0021-\u007e]*$/.test(to) || to.length > longestTarget) return null
  return to.startsWith(passPath) ? '/' : to
}
