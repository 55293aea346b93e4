import type { AgentClass } from '../bots/agent-class.ts'
import type { CrawlerProof } from '../bots/crawler-verifier.ts'
import type { Crawler } from '../bots/crawlers.ts'
import { maxFormBytes } from '../bots/honeypot.ts'
import { headerOrder } from '../bots/header-order.ts'
import { suspicionOf } from '../bots/suspicion.ts'
import type { GuardOutcome } from '../pipeline/site-guard.ts'
import { hasBody } from '../http/request-head.ts'
import { keySpaces } from '../rate/rate-limiter.ts'
import type { StepsRun } from './guard-run.ts'

/** Longest time that the first request of a claimed crawler waits for its proof, milliseconds. */
export const proofWaitMs = 200
/** Requests of one address in about ten seconds from which they count against it. */
export const manyRequests = 400
const manyPoints = 4

function passes(run: StepsRun, detail: string): null {
  run.note('challenge', 'pass', detail)
  return null
}

function judgeTraps(run: StepsRun): GuardOutcome | null {
  const { honeypot } = run.steps
  const { head, held } = run.request
  const rule = honeypot.head(head, run.route())
  const message = 'something that nobody has a reason to touch'
  if (rule !== null) return run.refuse({ step: 'challenge', rule, message, status: 403 })
  if (!hasBody(head) || !honeypot.wantsBody(head)) return null
  if (held === null)
    return { kind: 'body', limit: Math.max(maxFormBytes, (run.steps.schema?.bodySizeBytes ?? 0) + 1) }
  const touched = honeypot.body(held.join()?.toString('latin1') ?? '')
  return touched === null ? null : run.refuse({ step: 'challenge', rule: touched, message, status: 403 })
}

function judgeProof(run: StepsRun, crawler: Crawler, proof: CrawlerProof): GuardOutcome | null {
  if (proof !== 'spoofed') return passes(run, `${crawler.name} ${proof}`)
  const message = `says it is ${crawler.name}, and comes from elsewhere`
  return run.refuse({ step: 'challenge', rule: 'crawler-spoofed', message, status: 403 })
}

function judgeCrawler(run: StepsRun, crawler: Crawler): GuardOutcome | null {
  const { verifier } = run.steps
  if (verifier === null) return passes(run, crawler.name)
  if (run.proof !== null) return judgeProof(run, crawler, run.proof)
  const proof = verifier.verify(crawler, run.address)
  if (typeof proof === 'string') return judgeProof(run, crawler, proof)
  const waiting = run.waitFor((settle) => {
    const told = (found: CrawlerProof): void => {
      if (run.proof !== null) return
      run.proof = found
      clearTimeout(timer)
      settle()
    }
    // Who waits longer than this is let in once; the answer will be there the next time.
    const timer = setTimeout(() => told('unknown'), proofWaitMs)
    void proof.then(told)
  })
  return waiting ?? judgeProof(run, crawler, run.proof ?? 'unknown')
}

function judgeAi(run: StepsRun, name: string): GuardOutcome | null {
  const { policies, services, site } = run.steps
  const policy = policies.of(name)
  if (policy === 'allow') return passes(run, name)
  if (policy === 'refuse') {
    return run.refuse({
      step: 'challenge',
      rule: 'ai-refused',
      message: `${name} is not wanted here`,
      status: 403,
    })
  }
  const { keys, table, monotonicMs } = services.shared
  keys.client(run.address)
  const allowance = { emissionMs: 60_000 / policies.perMinute, windowMs: 60_000 }
  const wait = table.charge(keys.text(keySpaces.crawler, `${site} ${name}`), allowance, monotonicMs())
  if (wait === 0) return passes(run, name)
  const fields = `Retry-After: ${Math.ceil(wait / 1000)}\r\n`
  return run.refuse({
    step: 'challenge',
    rule: 'ai-limited',
    message: `${name} comes too often`,
    status: 429,
    fields,
  })
}

function judgeBrowser(run: StepsRun): GuardOutcome | null {
  const { challenger, services } = run.steps
  const { head, id } = run.request
  if (challenger.when === 'never' && !run.challengedByPlace) return passes(run, 'browser')
  if (!challenger.fits(run.facts, run.route())) return passes(run, 'browser')
  const { points, reasons } = suspicionOf(run.facts, run.secure)
  const { keys, recent } = services
  const many = keys.client(run.address) && recent.count(keys.address(0)) > manyRequests
  const sum = points + (many ? manyPoints : 0)
  const asked =
    challenger.when === 'always' ||
    run.challengedByPlace ||
    (challenger.when === 'suspicious' && sum >= challenger.score)
  if (!asked) return passes(run, 'browser')
  if (run.passed || challenger.pass(run.facts, run.binding) !== null) {
    run.passed = true
    return passes(run, 'solved')
  }
  const why = [...reasons, ...(many ? ['many-requests'] : []), ...(run.challengedByPlace ? ['country'] : [])]
  const message = `${why.join(', ') || 'every browser'}; ${headerOrder(head)}`
  const client = { address: run.address, binding: run.binding, secure: run.secure }
  const page = challenger.page(client, head.target, { points: sum, requestId: id })
  return run.refuse({ step: 'challenge', rule: 'challenge', message, status: 403, ...page })
}

function judgeClass(run: StepsRun, agent: AgentClass): GuardOutcome | null {
  switch (agent.kind) {
    case 'scanner': {
      if (!run.steps.scannersRefused) return passes(run, agent.token)
      const message = `an attack tool by its own name: ${agent.token}`
      return run.refuse({ step: 'challenge', rule: 'scanner-agent', message, status: 403 })
    }
    case 'ai':
      return judgeAi(run, agent.agent.name)
    case 'crawler':
      return judgeCrawler(run, agent.crawler)
    case 'browser':
      return judgeBrowser(run)
    case 'other':
    case 'none':
      return passes(run, agent.kind)
  }
}

/** The step challenge: traps, then what the client says it is, then whether a browser must show that it is one. */
export function judgeAgent(run: StepsRun): GuardOutcome | null {
  if (run.request.allowed) return passes(run, 'allowed')
  const trapped = judgeTraps(run)
  if (trapped !== null) return trapped
  return judgeClass(run, run.steps.services.classes.of(run.request.head.userAgent))
}
