import { ServerResponse } from 'node:http'
import type { Agent } from '../agent.ts'
import { judgeHtml, judgeRedirect, runsScript, withoutStoredMarkup } from '../judges/judge-html.ts'
import type { ProfileKeeper } from '../profile/profile-keeper.ts'
import { exchanges } from '../exchanges.ts'
import { currentRequest, inFlight } from '../request-context.ts'
import type { RequestContext } from '../request-context.ts'
import { isOwnAddress } from './own-addresses.ts'
import { patch } from './patch.ts'
import type { AnyFunction } from './patch.ts'
import { removePollution } from './prototype.ts'

const refusedBody = 'refused\n'
const refusedHeaders = { 'content-type': 'text/plain; charset=utf-8', 'content-length': refusedBody.length }

/** Node's own record of a head that was written but not sent. */
interface UnsentHead {
  _header: string | null
  chunkedEncoding: boolean
  readonly _headerSent: boolean
}

// Marks that begin markup or end a text, as they are and percent-encoded once or twice; and addresses that run a script.
const harmful = /[<'"`(]|%(?:25)?(?:3c|2[278]|60)|script(?::|%)/i

/** Could this request have brought markup? Asked before the answer is read as text. */
function couldHoldMarkup(context: RequestContext): boolean {
  context.isTargetHarmful ??= harmful.test(context.target)
  if (context.isTargetHarmful) return true
  return context.hasBody() && !context.isJson
}

function isHtml(response: ServerResponse, head: string | null): boolean {
  if (head !== null) return /^content-type:[^\r\n]*html/im.test(head)
  const type = response.getHeader('content-type')
  return typeof type === 'string' && type.includes('html')
}

/** Takes back a head that is written but not sent; false when it is too late. */
function takeBackHead(response: ServerResponse): boolean {
  const unsent = response as unknown as UnsentHead
  if (unsent._headerSent) return false
  unsent._header = null
  unsent.chunkedEncoding = false // the head that was taken back may have announced pieces
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  return true
}

/** Answers a refused request with 403 in the application's place; one whose answer has begun is cut off. */
export function answerRefused(context: RequestContext): void {
  const { response } = context
  if (response.writableEnded || context.request.method === 'MESSAGE') return
  if (!takeBackHead(response)) {
    response.destroy()
    return
  }
  response.writeHead(403, refusedHeaders)
  response.end(refusedBody)
}

function contextFor(response: unknown): RequestContext | undefined {
  // Nearly always the request that is served now, and a variable is cheaper to ask than an object of any shape.
  const current = currentRequest.getStore()
  if (current?.response === response) return current
  const context = exchanges.find(response)
  return context?.response === response ? context : undefined
}

/** True when an HTML answer was refused and answered with 403 instead. */
function refuseMarkup(agent: Agent, context: RequestContext, body: unknown): boolean {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return false
  const isWatched = agent.observer !== undefined
  if (!isWatched && !couldHoldMarkup(context)) return false
  const { response } = context
  const { _header: head, _headerSent: isSent } = response as unknown as UnsentHead
  if (isSent || !isHtml(response, head)) return false
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
  if (isWatched) agent.observe({ kind: 'markup', sink: 'http.ServerResponse.end', text }, context)
  const refusal = agent.checkFor(context, 'http.ServerResponse.end', () =>
    judgeHtml(text, context.linkable()),
  )
  if (refusal === null || !takeBackHead(response)) return false
  response.writeHead(403, refusedHeaders)
  context.isAnswerRefused = true
  return true
}

/** Markup that may not run in this answer; nearly always none. Its own counts once the head is out: 403 is too late then. */
function markupOf(context: RequestContext): ReadonlySet<string> {
  const stored = context.storedMarkup()
  if (!couldHoldMarkup(context)) return stored
  const { _headerSent: isSent } = context.response as unknown as UnsentHead
  if (!isSent) return stored
  context.ownMarkup ??= new Set([...context.linkable()].filter(runsScript))
  return context.ownMarkup.size === 0 ? stored : new Set([...stored, ...context.ownMarkup])
}

/** Markup of others that stands in a text: what this very request brought was judged as its own. */
function foreignMarkup(
  context: RequestContext,
  stored: ReadonlySet<string>,
  text: string,
): readonly string[] {
  return [...stored].filter(
    (markup) =>
      text.includes(markup) && (context.ownMarkup?.has(markup) === true || !context.raw().has(markup)),
  )
}

/** Escapes markup in an HTML answer that is about to be sent; gives the body to send. */
function cleaned(agent: Agent, context: RequestContext, body: unknown): unknown {
  const stored = markupOf(context)
  if (stored.size === 0 || (typeof body !== 'string' && !(body instanceof Uint8Array))) return body
  const { response } = context
  const head = response as unknown as UnsentHead
  const isOpen = head._header === null || !head._headerSent
  if (!isHtml(response, head._header) || (!isOpen && !head.chunkedEncoding)) return body
  try {
    const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
    const clean = withoutStoredMarkup(text, foreignMarkup(context, stored, text))
    // Told of once for each request, as everywhere.
    if (clean === undefined) return body
    const isTold = context.isMarkupTold
    context.isMarkupTold = true
    if (
      isTold
        ? agent.mode !== 'enforce'
        : agent.object(clean.found, 'http.ServerResponse.end', context) === null
    )
      return body
    if (!head._headerSent) lengthen(response, Buffer.byteLength(clean.html) - Buffer.byteLength(text))
    return clean.html
  } catch (error) {
    agent.fault(error, 'http.ServerResponse.end')
    return body
  }
}

/** Corrects the announced length of a body in a head that was not sent, where one is announced. */
function lengthen(response: ServerResponse, by: number): void {
  const head = response as unknown as UnsentHead
  if (head._header === null) {
    const length = Number(response.getHeader('content-length'))
    if (length >= 0) response.setHeader('content-length', length + by)
    response.removeHeader('etag')
  } else
    head._header = head._header.replace(
      /^(content-length: )(\d+)/im,
      (_whole, name: string, length: string) => `${name}${Number(length) + by}`,
    )
}

function remembersMarkup(context: RequestContext): void {
  const { target } = context
  if (target.includes('<') || target.includes('%3') || context.bodyMayHoldMarkup()) context.rememberMarkup()
}

function ended(agent: Agent, context: RequestContext): void {
  try {
    agent.onEnd?.(context)
    if (agent.mode !== 'off') remembersMarkup(context)
  } catch (error) {
    agent.fault(error, 'end')
  }
}

function wrapEnd(agent: Agent, keeper: ProfileKeeper): (end: AnyFunction) => AnyFunction {
  return (end) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const context = contextFor(this)
      if (context !== undefined) {
        inFlight.remove(context, context.slot)
        ended(agent, context)
      }
      if (context === undefined || agent.mode === 'off') return end.apply(this, args)
      removePollution(agent, context)
      if (keeper.mode === 'learn' && !context.isScored && context.response.statusCode < 400)
        keeper.learn(context)
      if (
        context.isAnswerRefused ||
        refuseUnsentRedirect(agent, context) ||
        refuseMarkup(agent, context, args[0])
      )
        args = [refusedBody]
      else if (markupOf(context).size > 0) args[0] = cleaned(agent, context, args[0])
      const result = end.apply(this, args)
      // Afterwards: it throws for a body that is none, and then the application goes on.
      context.isEnded = true
      return result
    }
}

/** A piece of an answer in which markup is escaped: where a length was announced, only before the head is out. */
function withoutMarkup(agent: Agent, context: RequestContext, args: unknown[]): unknown[] {
  if (markupOf(context).size === 0) return args
  const [piece, ...rest] = args
  const clean = cleaned(agent, context, piece)
  return clean === piece ? args : [clean, ...rest]
}

function wrapWrite(agent: Agent): (write: AnyFunction) => AnyFunction {
  return (write) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const context = contextFor(this)
      if (context === undefined || agent.mode === 'off') return write.apply(this, args)
      // Pieces of a refused answer are dropped; `end` sends the refusal.
      return (
        context.isAnswerRefused ||
        refuseUnsentRedirect(agent, context) ||
        refuseMarkup(agent, context, args[0]) ||
        write.apply(this, withoutMarkup(agent, context, args))
      )
    }
}

function refusesRedirect(agent: Agent, context: RequestContext, location: string): boolean {
  agent.observe({ kind: 'location', sink: 'http.ServerResponse.writeHead', text: location }, context)
  const refusal = agent.checkFor(context, 'http.ServerResponse.writeHead', () => {
    const found = judgeRedirect(location, context.request.headers.host ?? '', context.inputs())
    return found !== null && isOwnAddress(location) ? null : found
  })
  if (refusal !== null) context.isAnswerRefused = true
  return refusal !== null
}

/** Is it a redirect? A `Location` beside another status sends nobody anywhere. */
function redirects(status: unknown): boolean {
  return typeof status === 'number' && status >= 300 && status < 400
}

/** A refused redirect becomes a 403 without an exception, which could land in anybody's callback. */
function refuseUnsentRedirect(agent: Agent, context: RequestContext): boolean {
  const { response } = context
  if (!redirects(response.statusCode) || (response as unknown as UnsentHead)._header !== null) return false
  const location = response.getHeader('location')
  if (typeof location !== 'string' || !refusesRedirect(agent, context, location)) return false
  takeBackHead(response)
  response.writeHead(403, refusedHeaders)
  return true
}

function locationIn(headers: unknown): unknown {
  if (Array.isArray(headers)) {
    const at = headers.findIndex((item) => typeof item === 'string' && item.toLowerCase() === 'location')
    return at < 0 ? undefined : headers[at + 1]
  }
  if (typeof headers !== 'object' || headers === null) return undefined
  const name = Object.keys(headers).find((key) => key.length === 8 && key.toLowerCase() === 'location')
  return name === undefined ? undefined : (headers as Readonly<Record<string, unknown>>)[name]
}

function wrapWriteHead(agent: Agent): (writeHead: AnyFunction) => AnyFunction {
  return (writeHead) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const context = contextFor(this)
      if (context === undefined || agent.mode === 'off') return writeHead.apply(this, args)
      const location = redirects(args[0])
        ? (locationIn(args.at(-1)) ?? context.response.getHeader('location'))
        : undefined
      if (
        context.isAnswerRefused ||
        (typeof location === 'string' && refusesRedirect(agent, context, location))
      ) {
        takeBackHead(context.response)
        return writeHead.call(this, 403, refusedHeaders)
      }
      return writeHead.apply(this, args)
    }
}

/** HTML answers and redirects. */
export function hookResponse(agent: Agent, keeper: ProfileKeeper): void {
  patch(ServerResponse.prototype, 'end', wrapEnd(agent, keeper))
  patch(ServerResponse.prototype, 'write', wrapWrite(agent))
  patch(ServerResponse.prototype, 'writeHead', wrapWriteHead(agent))
}
