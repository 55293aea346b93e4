import type { JsonObject } from '@sevenfold/event'
import { canonicalAddress, parseRange } from '../authority/address.ts'
import type { NeverBan } from '../authority/never-ban.ts'
import { DetectionError } from '../detection-error.ts'
import type { DecisionWish } from '../decisions/decision-store.ts'
import { parseGoDuration } from '../decisions/go-duration.ts'
import { parseScope } from '../decisions/stored-decision.ts'

/** A decision by hand, with who and why. */
export interface ManualDecision {
  readonly wish: DecisionWish
  readonly actor: string
  readonly reason: string
}

/** What the wish is checked with. */
export interface WishContext {
  readonly neverBan: NeverBan
  readonly nowMs: number
  readonly defaultDurationMs: number
}

const types = new Set(['ban', 'captcha', 'throttle', 'allow'])

function bad(message: string): never {
  throw new DetectionError('DETECTION_BAD_DECISION', message)
}

function text(body: JsonObject, key: string, options: { max: number; or?: string }): string {
  const value = body[key] ?? options.or
  if (typeof value !== 'string' || value.length > options.max)
    return bad(`${key} is text of at most ${options.max} characters`)
  return value
}

function valueOf(scope: DecisionWish['scope'], value: string): string {
  if (scope === 'ip') return canonicalAddress(value) ?? bad(`${JSON.stringify(value)} is no address`)
  if (scope === 'range') {
    const range = parseRange(value)
    return range === undefined
      ? bad(`${JSON.stringify(value)} is no range`)
      : `${range.address}/${range.prefix}`
  }
  return value === '' ? bad('value is empty') : value
}

/**
 * Reads `{scope, value, type?, duration?, reason?, actor?, origin?, scenario?}`.
 * @throws DetectionError DETECTION_BAD_DECISION, DETECTION_BAD_DURATION, DETECTION_NEVER_BAN.
 */
export function readManualDecision(body: JsonObject, context: WishContext): ManualDecision {
  const scope =
    parseScope(text(body, 'scope', { max: 32, or: 'ip' })) ??
    bad('scope is ip, range, country, as, username or session')
  const type = text(body, 'type', { max: 32, or: 'ban' })
  if (!types.has(type)) bad(`type is one of ${[...types].join(', ')}`)
  const value = valueOf(scope, text(body, 'value', { max: 256 }))
  const duration = text(body, 'duration', { max: 64, or: '' })
  const durationMs = duration === '' ? context.defaultDurationMs : parseGoDuration(duration)
  if (durationMs === undefined || durationMs < 1000) {
    throw new DetectionError(
      'DETECTION_BAD_DURATION',
      'duration is between 1s and 10 years, such as 4h or 90m',
    )
  }
  const reason = text(body, 'reason', { max: 500, or: '' })
  const never = scope === 'ip' || scope === 'range' ? context.neverBan.reasonFor(value) : undefined
  if (type !== 'allow' && never !== undefined) {
    throw new DetectionError('DETECTION_NEVER_BAN', `${value} is never banned: ${never}`)
  }
  const scenario = text(body, 'scenario', {
    max: 256,
    or: reason === '' ? 'manual' : `manual: ${reason}`,
  }).slice(0, 256)
  const origin = text(body, 'origin', { max: 64, or: 'manual' })
  return {
    wish: { type, scope, value, untilMs: context.nowMs + durationMs, origin, scenario, simulated: false },
    actor: text(body, 'actor', { max: 128, or: 'local' }),
    reason,
  }
}
