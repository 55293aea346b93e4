import type { Agent } from '../agent.ts'
import type { RequestContext } from '../request-context.ts'

// Marks without which no input in an address does anything in markup.
const worth = /[<'"`(]|%|script:/

/**
 * Asks for an answer that is not packed where it may hold markup: below a packing middleware (`compression` and its like)
 * nobody could read it. Nearly no request is asked about; the answer is longer and otherwise the same.
 */
export function askForUnpacked(agent: Agent, context: RequestContext): void {
  const mayReflect = worth.test(context.target)
  if (agent.mode !== 'enforce' || (!mayReflect && context.storedMarkup().size === 0)) return
  const { headers } = context
  // Pages only: what a script fetches is shown by that script.
  if (headers['accept-encoding'] !== undefined && (headers.accept ?? '*/*').match(/html|\*\/\*/) !== null)
    headers['accept-encoding'] = 'identity'
}
