import type { AuthenticationFacts, EventDraft, JsonObject } from '@sevenfold/event'
import { isJsonObject } from '@sevenfold/event'
import { noticeActions } from '../agent/report/notice-draft.ts'
import type { NoticeAction } from '../agent/report/notice-draft.ts'

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  return isJsonObject(value) ? value : {}
}

function textAt(object: JsonObject, key: string, max: number): string {
  const value = object[key]
  return typeof value === 'string' ? value.slice(0, max) : ''
}

/** Facts of a login as a sensor tells them; undefined for another draft. Only known fields are taken. */
export function authenticationFactsOf(draft: EventDraft, service: string): AuthenticationFacts | undefined {
  const event = draft as unknown as JsonObject
  if (textAt(objectAt(event, 'sevenfold'), 'kind', 32) !== 'authentication') return undefined
  const head = objectAt(event, 'event')
  const address = textAt(objectAt(event, 'source'), 'ip', 64)
  const traceId = textAt(objectAt(event, 'trace'), 'id', 64)
  const reason = textAt(head, 'reason', 256)
  return {
    outcome: textAt(head, 'outcome', 16) === 'success' ? 'success' : 'failure',
    userName: textAt(objectAt(event, 'user'), 'name', 256),
    site: service,
    ...(address === '' ? {} : { clientAddress: address }),
    ...(traceId === '' ? {} : { traceId }),
    ...(reason === '' ? {} : { reason }),
  }
}

/** A notice as a sensor tells it; undefined for another draft and for a notice that no sensor has to give. */
export function noticeOf(
  draft: EventDraft,
): { readonly action: NoticeAction; readonly message: string } | undefined {
  const event = draft as unknown as JsonObject
  if (textAt(objectAt(event, 'sevenfold'), 'kind', 32) !== 'notice') return undefined
  const name = textAt(objectAt(event, 'event'), 'action', 64)
  const action = noticeActions.find((known) => known === name)
  return action === undefined ? undefined : { action, message: textAt(event, 'message', 4_000) }
}
