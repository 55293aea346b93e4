import type { RequestContext } from '../request-context.ts'
import { parseJson } from '../inputs/parse-json.ts'
import type { Account } from './account.ts'

const loginPath = /(?:log-?in|sign-?in|auth(?:enticate)?|sessions?|token)\/?$/i
const userFields = ['username', 'user', 'email', 'login', 'userName', 'user_name', 'name']
const secretFields = ['password', 'passwd', 'pass', 'pwd', 'secret', 'pin']
const longestBody = 16_384

function fieldsOf(context: RequestContext): Readonly<Record<string, unknown>> {
  const type = context.request.headers['content-type'] ?? ''
  const text = context.bodyText()
  const value = type.includes('json')
    ? parseJson(text)
    : type.includes('urlencoded')
      ? Object.fromEntries(new URLSearchParams(text))
      : undefined
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/**
 * Tells of a login that no package told of: a name and a secret were posted to a path that is called like one. 401 and
 * 403 are a failure, an answer that sets a cookie or brings JSON is a success; others say nothing.
 */
export function watchLogin(account: Account, context: RequestContext): void {
  const { request, response } = context
  if (request.method !== 'POST' || context.hasTold || !context.hasBody() || context.bodyBytes > longestBody)
    return
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  if (!loginPath.test(path)) return
  const { statusCode } = response
  const isFailure = statusCode === 401 || statusCode === 403
  // A head that was written at once is known as a text only.
  const head = (response as unknown as { readonly _header: string | null })._header ?? ''
  const isSuccess =
    statusCode < 400 &&
    (/^set-cookie:|^content-type:[^\r\n]*json/im.test(head) ||
      response.hasHeader('set-cookie') ||
      String(response.getHeader('content-type') ?? '').includes('json'))
  if (!isFailure && !isSuccess) return
  const fields = fieldsOf(context)
  if (!secretFields.some((name) => typeof fields[name] === 'string')) return
  const user = userFields.map((name) => fields[name]).find((value) => typeof value === 'string')
  if (user !== undefined) account.login({ user, isSuccess }, context)
}
