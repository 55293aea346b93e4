import { escapeText } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { textAt, valueAt } from './read-event.ts'

/** Longest summary. */
export const maxSummaryLength = 300

function requestText(event: JsonObject): string {
  const method = textAt(event, 'http', 'request', 'method')
  const target = textAt(event, 'url', 'original') || textAt(event, 'url', 'path')
  return method === '' && target === '' ? '' : `${method} ${target}`.trim()
}

function judgementText(event: JsonObject): string {
  const rules = valueAt(event, 'sevenfold', 'judgement', 'rules')
  const first = Array.isArray(rules) ? rules.slice(0, 3).map(String).join(' ') : ''
  const matched = textAt(event, 'sevenfold', 'judgement', 'matched')
  return [first, matched].filter((text) => text !== '').join(': ')
}

function adminText(event: JsonObject): string {
  const admin = ['sevenfold', 'admin'] as const
  const op = textAt(event, ...admin, 'op')
  if (op === '') return ''
  const to = textAt(event, ...admin, 'to')
  const reason = textAt(event, ...admin, 'reason')
  const by = textAt(event, ...admin, 'actor')
  return `${op}${to === '' ? '' : ` to ${to}`} by ${by}${reason === '' ? '' : `: ${reason}`}`
}

/** What happened, in one line; whatever an attacker wrote into it is escaped. */
export function summaryOf(event: JsonObject): string {
  const parts = [
    textAt(event, 'message'),
    adminText(event),
    requestText(event),
    judgementText(event),
    textAt(event, 'event', 'reason'),
  ].filter((text) => text !== '')
  const text = parts.length === 0 ? textAt(event, 'event', 'action') : parts.join(' · ')
  return escapeText(text, maxSummaryLength)
}
