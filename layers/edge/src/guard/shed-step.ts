import type { GuardOutcome } from '../pipeline/site-guard.ts'
import type { StepsRun } from './guard-run.ts'

const retrySeconds = 5
const overloaded = {
  status: 503,
  fields: `Retry-After: ${retrySeconds}\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n`,
  body: 'overloaded\n',
} as const
const historySpaces = { address: 40, session: 41 } as const

/** True for a client that solved a challenge, or has been good for long by its session or its address. */
export function isKnownGood(run: StepsRun): boolean {
  const { services, challenger, sessionCookie } = run.steps
  const { keys, reputation } = services
  run.passed = challenger.pass(run.facts, run.binding) !== null
  if (run.passed) return true
  if (!keys.client(run.address)) return false
  if (reputation.isKnown(keys.address(historySpaces.address))) return true
  const session = sessionCookie === '' ? undefined : run.cookie(sessionCookie)
  return (
    session !== undefined && session !== '' && reputation.isKnown(keys.text(historySpaces.session, session))
  )
}

/** Turns unknown clients away while the worker is overloaded; null when the request may go on. */
export function shedOutcome(run: StepsRun): GuardOutcome | null {
  const { services } = run.steps
  if (!services.turnsAway(run.address) || isKnownGood(run)) return null
  services.turnedAway += 1
  run.note('limits', 'answered', 'EDGE_OVERLOADED')
  // No event for each: in a flood they would cost more than what they are about. A notice counts them.
  const answer = run.answer(overloaded)
  const entered = services.room.enter(() => {
    run.later = answer
    run.request.continueJudgement()
  })
  return entered ? { kind: 'wait' } : answer
}

/** Remembers that a request of the client ended well. */
export function rememberGood(run: StepsRun): void {
  const { services, sessionCookie } = run.steps
  const { keys, reputation, options } = services
  if (!keys.client(run.address)) return
  const now = options.monotonicMs()
  reputation.good(keys.address(historySpaces.address), now)
  const session = sessionCookie === '' ? undefined : run.cookie(sessionCookie)
  if (session !== undefined && session !== '') reputation.good(keys.text(historySpaces.session, session), now)
}
