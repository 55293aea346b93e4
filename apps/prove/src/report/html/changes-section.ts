import { escapeHtml } from '@sevenfold/event'
import type { Comparison, DepthChange } from '../../baseline/compare-proofs.ts'

function item({ attack, before, after, layers }: DepthChange): string {
  const names = layers.length === 0 ? '' : ` (${after < before ? 'lost' : 'new'}: ${layers.join(', ')})`
  return `<li><code>${escapeHtml(attack)}</code>: depth ${before} → ${after}${names}</li>`
}

function list(kind: string, heading: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return []
  return [`<div class="group ${kind}"><h3>${heading}: ${items.length}</h3><ul>${items.join('')}</ul></div>`]
}

/** What changed since the baseline; nothing without one. */
export function changesSection(comparison: Comparison | undefined): readonly string[] {
  if (comparison === undefined) return []
  const { compared, fallen, risen, broken, baselineSeed } = comparison
  const same = fallen.length + risen.length + broken.length === 0 ? ' Nothing changed.' : ''
  return [
    '<h2>Since the baseline</h2>',
    `<p class="quiet">${compared} attacks compared with the proof of seed <code>${escapeHtml(baselineSeed)}</code>.${same}</p>`,
    ...list('none', 'Depth fell', fallen.map(item)),
    ...list(
      'none',
      'Innocent visits blocked, more than before',
      broken.map(({ name }) => `<li>${escapeHtml(name)}</li>`),
    ),
    ...list('fine', 'Depth rose', risen.map(item)),
  ]
}
