import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { SocketAnswer } from './socket-client.ts'

/** What a receiver said about a batch. */
export type BatchAnswer =
  | { readonly kind: 'accepted'; readonly through: number }
  | { readonly kind: 'gap'; readonly expected: number }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'busy'; readonly retryAfterMs: number }
  /** Refused for a reason that time alone does not cure (signature, form, key), or an answer that makes no sense. */
  | { readonly kind: 'refused'; readonly status: number; readonly why: string }

const limits = { maxTextLength: 65_536, maxDepth: 3, maxNodes: 20, maxStringLength: 1000 }

function numberIn(text: string, key: string): number | undefined {
  const parsed = parseBoundedJson(text, limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const value = parsed.value[key]
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

/** Reads an answer. A receiver is not trusted further than its socket: nonsense is `refused`. */
export function readBatchAnswer(answer: SocketAnswer): BatchAnswer {
  const { status, text } = answer
  const through = status === 200 ? numberIn(text, 'through') : undefined
  if (through !== undefined) return { kind: 'accepted', through }
  const expected = status === 409 ? numberIn(text, 'expected') : undefined
  if (expected !== undefined && expected > 0) return { kind: 'gap', expected }
  if (status === 413) return { kind: 'too-large' }
  if (status === 429 || status === 503)
    return { kind: 'busy', retryAfterMs: (answer.retryAfterSeconds ?? 1) * 1000 }
  return { kind: 'refused', status, why: text.slice(0, 200) }
}
