import { ServerResponse } from 'node:http'
import type { Agent } from '../agent.ts'
import { judgeHtml, judgeRedirect } from '../judges/judge-html.ts'
import { currentRequest } from '../request-context.ts'
import type { RequestContext } from '../request-context.ts'
import { patch } from './patch.ts'
import type { AnyFunction } from './patch.ts'

function couldHoldMarkup({ request, parsed }: RequestContext): boolean {
  if (request.method !== 'GET' || parsed.length > 0) return true
  const url = request.url ?? ''
  return (
    url.includes('%3C') ||
    url.includes('%3c') ||
    url.includes('<') ||
    (request.headers.cookie ?? '').includes('%3C')
  )
}

/** Answers 403 in place of the application, once. */
function answerRefused(response: ServerResponse): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  response.statusCode = 403
  response.setHeader('content-type', 'text/plain; charset=utf-8')
}

const refusedBody = 'refused\n'

function wrapEnd(agent: Agent): (end: AnyFunction) => AnyFunction {
  return (end) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const context = currentRequest.getStore()
      const response = this as ServerResponse
      const [body] = args
      if (context === undefined || context.response !== response || response.headersSent)
        return end.apply(this, args)
      if (typeof body !== 'string' && !(body instanceof Uint8Array)) return end.apply(this, args)
      if (!String(response.getHeader('content-type') ?? '').includes('html') || !couldHoldMarkup(context))
        return end.apply(this, args)
      const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
      const refusal = agent.check('http.ServerResponse.end', () => judgeHtml(text, context.inputs()))
      if (refusal === null) return end.apply(this, args)
      answerRefused(response)
      return end.call(this, refusedBody)
    }
}

function wrapSetHeader(agent: Agent): (setHeader: AnyFunction) => AnyFunction {
  return (setHeader) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const [name, value] = args
      if (
        typeof name !== 'string' ||
        name.length !== 8 ||
        typeof value !== 'string' ||
        name.toLowerCase() !== 'location'
      ) {
        return setHeader.apply(this, args)
      }
      const refusal = agent.check('http.ServerResponse.setHeader', (context) =>
        judgeRedirect(value, context.request.headers.host ?? '', context.inputs()),
      )
      if (refusal !== null) throw refusal // setHeader throws for bad values as well
      return setHeader.apply(this, args)
    }
}

/** HTML answers and redirects. */
export function hookResponse(agent: Agent): void {
  patch(ServerResponse.prototype, 'end', wrapEnd(agent))
  patch(ServerResponse.prototype, 'setHeader', wrapSetHeader(agent))
}
