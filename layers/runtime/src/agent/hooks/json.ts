import type { Agent } from '../agent.ts'
import { finding } from '../attack.ts'
import { mentionsPrototype, reachesPrototype } from '../judges/judge-prototype.ts'
import { readStack } from '../profile/call-site.ts'
import { currentRequest } from '../request-context.ts'
import type { RequestContext } from '../request-context.ts'
import { patch } from './patch.ts'
import { guardConstructor, namesConstructorWay } from './prototype.ts'

// Parsers that take such members out, refuse them, or were told by the application to keep them.
const careful = /[/\\]node_modules[/\\](?:secure-json-parse|@hapi[/\\]bourne|destr)[/\\]/

/** Was `JSON.parse` called by a parser that looks at prototypes itself? Asked for a suspicious text only. */
function isCalledCarefully(): boolean {
  return careful.test(readStack()[0]?.file ?? '')
}

/** JSON that was parsed within a request is where most inputs come from; JSON that reaches a prototype is refused. */
export function hookJson(agent: Agent): void {
  patch(
    JSON,
    'parse',
    (parse) =>
      function (this: unknown, text: unknown, reviver: unknown): unknown {
        const value = reviver === undefined ? parse.call(JSON, text) : parse.call(JSON, text, reviver)
        if (typeof value !== 'object' || value === null || typeof text !== 'string') return value
        const context = currentRequest.getStore()
        if (context === undefined || agent.mode === 'off') return value
        context.addParsed(text)
        if (mentionsPrototype(text)) checkParsed(agent, context, { text, value })
        return value
      },
  )
}

/** Throws for JSON of a request that reaches a prototype; JSON.parse throws for bad texts as well. */
function checkParsed(
  agent: Agent,
  context: RequestContext,
  { text, value }: { readonly text: string; readonly value: object },
): void {
  if (namesConstructorWay(text)) guardConstructor(agent, context)
  const refusal = agent.check('JSON.parse', () =>
    reachesPrototype(value) && context.isFromRequest(text) && !isCalledCarefully()
      ? finding('prototype-pollution', text, 'an input would reach a prototype when it is merged')
      : null,
  )
  if (refusal !== null) throw refusal
}
