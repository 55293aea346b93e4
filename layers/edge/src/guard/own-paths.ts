import { passPath } from '../challenge/challenger.ts'
import type { Redeemed } from '../challenge/challenger.ts'
import { maxReportBytes } from '../headers/csp-report.ts'
import { reportPath } from '../headers/answer-headers.ts'
import type { GuardOutcome } from '../pipeline/site-guard.ts'
import type { StepsRun } from './guard-run.ts'

/** Paths that the edge answers itself. */
export const ownPrefix = '/.sevenfold/'

function pathOf(target: string): string {
  const mark = target.indexOf('?')
  return mark < 0 ? target : target.slice(0, mark)
}

function passAnswer(run: StepsRun, redeemed: Redeemed): GuardOutcome {
  run.note('challenge', 'answered', redeemed.kind === 'passed' ? 'passed' : redeemed.why)
  if (redeemed.kind === 'passed') return run.answer({ status: 303, fields: redeemed.fields, body: '' })
  return run.answer({
    status: redeemed.why === 'too-many' ? 429 : 400,
    fields: 'Cache-Control: no-store\r\n',
  })
}

function redeem(run: StepsRun): GuardOutcome | null {
  const { challenger } = run.steps
  const { target } = run.request.head
  const client = { address: run.address, binding: run.binding, secure: run.secure }
  const waiting = run.waitFor((settle) =>
    challenger.redeem(target.slice(passPath.length + 1), client, (redeemed) => {
      run.later = passAnswer(run, redeemed)
      settle()
    }),
  )
  if (waiting !== null) return waiting
  const answer = run.later
  run.later = null
  return answer
}

function takeReport(run: StepsRun): GuardOutcome {
  const { held } = run.request
  if (held === null) return { kind: 'body', limit: maxReportBytes + 1 }
  if (held.complete && held.bytes <= maxReportBytes) {
    run.steps.services.collector.take(run.steps.site, held.join()?.toString('utf8') ?? '')
  }
  run.note('response', 'answered', 'csp-report')
  return run.answer({ status: 204, fields: '', body: '' })
}

/** Answers robots.txt, solved challenges and reports; null when the service answers. */
export function answerOwnPath(run: StepsRun): GuardOutcome | null {
  const { head } = run.request
  const path = pathOf(head.target)
  const { robots } = run.steps
  if (robots !== null && path === '/robots.txt' && (head.method === 'GET' || head.method === 'HEAD')) {
    run.note('challenge', 'answered', 'robots.txt')
    const fields = 'Content-Type: text/plain; charset=utf-8\r\nCache-Control: max-age=3600\r\n'
    return run.answer({ status: 200, fields, body: robots })
  }
  if (!path.startsWith(ownPrefix)) return null
  if (path === passPath && head.method === 'GET') return redeem(run)
  if (path === reportPath && head.method === 'POST') return takeReport(run)
  run.note('challenge', 'answered', 'reserved')
  return run.answer({ status: 404 })
}
