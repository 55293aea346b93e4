import { isJsonObject } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import { DetectionError } from '../detection-error.ts'
import { canonicalValue } from '../decisions/canonical-value.ts'
import type { DecisionWish } from '../decisions/decision-store.ts'
import { parseGoDuration } from '../decisions/go-duration.ts'
import { parseScope } from '../decisions/stored-decision.ts'

/** A decision by hand, with who and why. */
export interface ManualDecision {
  readonly wish: DecisionWish
  readonly actor: string
  readonly reason: string
}

/** What a wish is read with. */
export interface WishContext {
  readonly nowMs: number
  readonly defaultDurationMs: number
}

/** Most decisions in one import. */
export const maxImported = 200_000

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
  const what: Readonly<Record<DecisionWish['scope'], string>> = {
    ip: 'no address',
    range: 'no range',
    country: 'no country of two letters',
    as: 'no AS number',
    username: 'no name',
    session: 'no session',
  }
  return canonicalValue(scope, value) ?? bad(`${JSON.stringify(value)} is ${what[scope]}`)
}

/**
 * Reads `{scope, value, type?, duration?, reason?, actor?, origin?, scenario?}`.
 * @throws DetectionError DETECTION_BAD_DECISION, DETECTION_BAD_DURATION.
 */
export function readManualDecision(body: JsonObject, context: WishContext): ManualDecision {
  const value = text(body, 'value', { max: 256 })
  const scope =
    parseScope(text(body, 'scope', { max: 32, or: value.includes('/') ? 'range' : 'ip' })) ??
    bad('scope is ip, range, country, as, username or session')
  const type = text(body, 'type', { max: 32, or: 'ban' })
  if (!types.has(type)) bad(`type is one of ${[...types].join(', ')}`)
  const duration = text(body, 'duration', { max: 64, or: '' })
  const durationMs = duration === '' ? context.defaultDurationMs : parseGoDuration(duration)
  if (durationMs === undefined || durationMs < 1000) {
    throw new DetectionError(
      'DETECTION_BAD_DURATION',
      'duration is between 1s and 10 years, such as 4h or 90m',
    )
  }
  const reason = text(body, 'reason', { max: 500, or: '' })
  const scenario = text(body, 'scenario', {
    max: 256,
    or: reason === '' ? 'manual' : `manual: ${reason}`,
  }).slice(0, 256)
  const origin = text(body, 'origin', { max: 64, or: 'manual' })
  return {
    wish: {
      type,
      scope,
      value: valueOf(scope, value),
      untilMs: context.nowMs + durationMs,
      origin,
      scenario,
      simulated: false,
    },
    actor: text(body, 'actor', { max: 128, or: 'local' }),
    reason,
  }
}

/** What an import holds: wishes that can be read, and why the others cannot. */
export interface ManualDecisions {
  readonly wishes: readonly DecisionWish[]
  readonly refused: readonly string[]
  readonly actor: string
}

/** Reads `{decisions: [...], actor?}`. Throws `DETECTION_BAD_DECISION` when it is no list, or too long. */
export function readManualDecisions(body: Json, context: WishContext): ManualDecisions {
  const list = isJsonObject(body) ? body['decisions'] : body
  if (!Array.isArray(list)) return bad('decisions is a list')
  const items: readonly Json[] = list
  if (items.length > maxImported) bad(`an import has at most ${maxImported} decisions`)
  const refused: string[] = []
  const wishes = items.flatMap((item, i) => {
    try {
      return isJsonObject(item) ? [readManualDecision(item, context).wish] : bad('no object')
    } catch (error) {
      if (!(error instanceof DetectionError)) throw error
      refused.push(`decisions.${i}: ${error.message}`)
      return []
    }
  })
  const actor = isJsonObject(body) && typeof body['actor'] === 'string' ? body['actor'].slice(0, 128) : ''
  return { wishes, refused, actor }
}
