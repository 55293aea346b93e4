import { randomUUID } from 'node:crypto'
import type { EventDraft } from '@sevenfold/event'

/** What a sensor may tell besides refusals and logins. */
export const noticeActions = ['runtime-inventory', 'sensor-unprotected', 'runtime-refused-entry'] as const

/** One of them. */
export type NoticeAction = (typeof noticeActions)[number]

/** The event of a notice. */
export function noticeDraft(action: NoticeAction, message: string, now: () => number): EventDraft {
  return {
    '@timestamp': new Date(now()).toISOString(),
    ecs: { version: '9.0.0' },
    event: {
      id: randomUUID(),
      kind: 'event',
      category: ['configuration'],
      type: ['info'],
      action,
      dataset: 'sevenfold.runtime.notice',
      module: 'sevenfold',
    },
    sevenfold: { v: 1, kind: 'notice', layer: 'runtime', lane: 'high' },
    message: message.slice(0, 4_000),
  }
}
