import type { BlockRecord } from '../pipeline/request-record.ts'

/** What a bouncer is told (AppSec protocol): the status, and the body unless the question failed. */
export interface AppsecVerdict {
  readonly status: 200 | 401 | 403 | 500
  readonly body: { readonly action: string; readonly http_status: number } | { readonly message: string }
}

/** The request may pass. */
export const allowed: AppsecVerdict = { status: 200, body: { action: 'allow', http_status: 200 } }
/** The request is refused. */
export const banned: AppsecVerdict = { status: 403, body: { action: 'ban', http_status: 403 } }
/** The client is to show that it is a browser. */
export const captcha: AppsecVerdict = { status: 403, body: { action: 'captcha', http_status: 403 } }
/** Without a good key nothing is judged. */
export const unknownBouncer: AppsecVerdict = { status: 401, body: { message: 'missing or wrong API key' } }

/** There is no judgement; the bouncer does what it was told for this case. */
export function failed(message: string): AppsecVerdict {
  return { status: 500, body: { message } }
}

/**
 * What the answer of the pipeline means for a bouncer.
 * @param status that a client of the edge would have got.
 * @param block what stopped the request, or undefined.
 * @param canary a request with a mark never reaches an application.
 */
export function appsecVerdict(
  status: number,
  block: BlockRecord | undefined,
  canary: boolean,
): AppsecVerdict {
  if (block !== undefined) {
    if (/^(?:inspection|step)-failed-/.test(block.rule)) return failed(block.rule)
    return block.step === 'challenge' && block.rule === 'challenge' ? captcha : banned
  }
  if (status >= 200 && status < 300) return canary ? banned : allowed
  // Turned away without a report: too much load.
  return status >= 500 ? failed('overloaded') : banned
}
