import { OutgoingMessage } from 'node:http'
import type { RequestContext } from '../request-context.ts'
import { parseJson } from '../inputs/parse-json.ts'
import type { Account } from './account.ts'

const loginPath = /(?:log-?in|sign-?in|auth(?:enticate)?|sessions?|token)\/?$/i
// Where forms for logins are, and marks of a failure.
const sentBack = /(?:log-?in|sign-?in)(?:[/?#]|$)|[?&](?:error|failed|failure|invalid)\b/i
const userFields = ['username', 'user', 'email', 'login', 'userName', 'user_name', 'name']
const secretFields = ['password', 'passwd', 'pass', 'pwd', 'secret', 'pin']
const longestBody = 16_384
// Asked for by nobody else, a method of an answer costs a search through all of its prototypes.
const { hasHeader } = OutgoingMessage.prototype

function fieldsOf(context: RequestContext): Readonly<Record<string, unknown>> {
  const text = context.bodyText()
  const value = context.isJson
    ? parseJson(text)
    : context.type.includes('urlencoded')
      ? Object.fromEntries(new URLSearchParams(text))
      : undefined
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** The head of the answer as a text, when it was written at once; else its headers are still asked for one by one. */
function writtenHead({ response }: RequestContext): string {
  return (response as unknown as { readonly _header: string | null })._header ?? ''
}

function setsCookie(context: RequestContext): boolean {
  const text = writtenHead(context)
  return text === '' ? hasHeader.call(context.response, 'set-cookie') : /^set-cookie:/im.test(text)
}

function isJson(context: RequestContext): boolean {
  return (
    /^content-type:[^\r\n]*json/im.test(writtenHead(context)) ||
    String(context.response.getHeader('content-type') ?? '').includes('json')
  )
}

function locationOf(context: RequestContext): string {
  const written = /^location:\s*(\S+)/im.exec(writtenHead(context))?.[1]
  return written ?? String(context.response.getHeader('location') ?? '')
}

/** Did it fail or succeed? Undefined when the answer says nothing about it. */
function outcomeOf(context: RequestContext, path: string): boolean | undefined {
  const { statusCode } = context.response
  if (statusCode === 401 || statusCode === 403) return false
  if (statusCode >= 400) return undefined
  const isNamed = loginPath.test(path)
  if (statusCode >= 300) {
    const location = locationOf(context)
    // Sent back to where the form is.
    if (sentBack.test(location) || (isNamed && location.split('?', 1)[0] === path)) return false
  }
  return setsCookie(context) || (isNamed && isJson(context)) ? true : undefined
}

/**
 * Tells of a login that no package told of: a name and a secret were posted. 401, 403 and a redirect back to the form are
 * a failure; an answer that sets a cookie (express-session and its like), or brings JSON from a path that is called like a
 * login, is a success; others say nothing.
 */
export function watchLogin(account: Account, context: RequestContext): void {
  if (context.method !== 'POST' || context.hasTold || !context.hasBody() || context.bodyBytes > longestBody)
    return
  const { target } = context
  const query = target.indexOf('?')
  const path = query < 0 ? target : target.slice(0, query)
  const isSuccess = outcomeOf(context, path)
  if (isSuccess === undefined) return
  const fields = fieldsOf(context)
  if (!secretFields.some((name) => typeof fields[name] === 'string')) return
  const user = userFields.map((name) => fields[name]).find((value) => typeof value === 'string')
  if (user !== undefined) account.login({ user, isSuccess }, context)
}
