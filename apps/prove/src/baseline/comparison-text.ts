import { escapeText } from '@sevenfold/event'
import type { Comparison, DepthChange } from './compare-proofs.ts'

function line(change: DepthChange): string {
  const { attack, before, after, layers } = change
  const who = layers.length === 0 ? '' : ` (${after < before ? 'lost' : 'new'}: ${layers.join(', ')})`
  return `  ${attack}: depth ${before} → ${after}${who}`
}

/** A comparison as plain text: what is worse first. */
export function comparisonText(comparison: Comparison): string {
  const { baselineSeed, compared, fallen, risen, added, broken } = comparison
  const section = (heading: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [`${heading} (${lines.length}):`, ...lines]
  const same = fallen.length + risen.length + broken.length === 0
  return [
    `Compared with the baseline (seed ${escapeText(baselineSeed, 64)}), ${compared} attacks:${same ? ' nothing changed' : ''}`,
    ...section('Depth fell', fallen.map(line)),
    ...section(
      'Innocent visits blocked, more than before',
      broken.map(
        ({ name, reason }) => `  ${name}${reason === undefined ? '' : ` (${escapeText(reason, 120)})`}`,
      ),
    ),
    ...section('Depth rose', risen.map(line)),
    ...(added.length === 0 ? [] : [`New attacks: ${added.length}`]),
    '',
  ].join('\n')
}
