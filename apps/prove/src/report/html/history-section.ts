import { escapeHtml } from '@sevenfold/event'
import type { HistoryEntry } from '../../history/history.ts'

/** Most proofs that are shown. */
const maxShown = 30

const parts = [
  ['deep', 'stopped', 'two layers or more'],
  ['single', 'detected', 'one layer'],
  ['open', 'missed', 'none'],
] as const

function bar(entry: HistoryEntry): string {
  const spans = parts.map(([key, shade, word]) => {
    const count = entry[key]
    return count === 0
      ? ''
      : `<span class="${shade}" style="flex:${count} 1 0" title="${count}: ${word}">${count}</span>`
  })
  const day = escapeHtml(entry.at.slice(0, 16).replace('T', ' '))
  return `<div>${day}</div><div class="bar">${spans.join('')}</div>`
}

/** How the depth changed from proof to proof; empty for the first one. */
export function historySection(history: readonly HistoryEntry[] | undefined): readonly string[] {
  if (history === undefined || history.length < 2) return []
  return [
    '<h2>Depth over time</h2>',
    '<p class="quiet">Attacks met by two layers or more, by one, and by none; the newest proof last.</p>',
    '<div class="loss">',
    ...history.slice(-maxShown).map(bar),
    '</div>',
  ]
}
