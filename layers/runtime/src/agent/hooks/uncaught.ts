import type { Agent } from '../agent.ts'
import { RefusedError } from '../refusal.ts'
import type { RequestContext } from '../request-context.ts'
import { patch } from './patch.ts'
import { answerRefused } from './response.ts'

// Where libraries keep the error that theirs was made from.
const causes = ['cause', 'parent', 'original', 'originalError', 'driverError', 'reason', 'inner']
const maxDepth = 4
/** How long an application may take to answer a request after something of it was refused, in milliseconds. */
const patience = 5_000
const maxWarnings = 10

function holdsRefusal(error: unknown, depth: number = 0): boolean {
  if (error instanceof RefusedError) return true
  if (typeof error !== 'object' || error === null || depth > maxDepth) return false
  return causes.some((name) => holdsRefusal((error as Readonly<Record<string, unknown>>)[name], depth + 1))
}

// Requests of which something was refused a moment ago, also those whose client has left; and which of them were answered here.
const refused = new Set<RequestContext>()
const answered = new WeakSet<RequestContext>()
const maxRefused = 1_000

/** Those that the application did not bring to an end itself. */
function unanswered(): readonly RequestContext[] {
  return [...refused].filter((context) => !context.response.writableEnded || answered.has(context))
}

function endRefused(context: RequestContext): void {
  if (context.response.writableEnded) return
  answered.add(context)
  answerRefused(context)
}

/**
 * A refusal that the application does not look at ends no process: neither as a rejection that nobody handles, nor as an
 * exception of a callback that knows no errors. The refused request is answered with 403, or cut off where its answer has
 * begun, and the error is warned of. Everything else takes its own way.
 */
export function hookUncaught(agent: Agent): void {
  let warnings = 0
  const isOurs = (error: unknown): boolean => {
    try {
      const open = unanswered()
      if (open.length === 0 && !holdsRefusal(error)) return false
      for (const context of open) endRefused(context)
      warnings += 1
      if (warnings <= maxWarnings)
        process.emitWarning(
          `nobody handled a refusal: ${error instanceof Error ? error.stack : 'no error'}`,
          {
            code: 'SEVENFOLD_REFUSAL_UNHANDLED',
          },
        )
      return true
    } catch (fault) {
      agent.fault(fault, 'uncaught')
      return false
    }
  }
  patch(
    process,
    'emit',
    (emit) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const [event, error] = args
        if (event !== 'uncaughtException' && event !== 'unhandledRejection') return emit.apply(this, args)
        return agent.mode === 'enforce' && isOurs(error) ? true : emit.apply(this, args)
      },
  )
}

/**
 * Sees to it that a refused request is answered in the end: many applications ignore the error that a callback brings.
 * Until then an exception that nobody catches is taken for its own.
 */
export function seeToAnswer(agent: Agent, context: RequestContext): void {
  if (refused.size >= maxRefused || refused.has(context)) return
  refused.add(context)
  const end = (): void => {
    try {
      refused.delete(context)
      if (!context.response.headersSent) answerRefused(context)
    } catch (error) {
      agent.fault(error, 'answer')
    }
  }
  setTimeout(end, patience).unref()
}
