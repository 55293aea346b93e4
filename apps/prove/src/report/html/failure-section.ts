import type { Configuration } from '../../matrix/configuration.ts'
import type { Proof } from '../../matrix/run-proof.ts'

const kinds = [
  ['stopped', 'stopped'],
  ['detected', 'noticed'],
  ['missed', 'neither'],
] as const

/** Smallest shares of a bar in which a word fits beside the number, on a wide screen and on a phone. */
const minLabelled = { wide: 0.1, narrow: 0.25 } as const

function bar(proof: Proof, { name }: Configuration): string {
  const rows = proof.rows.filter((row) => row.valid)
  const label = (count: number, word: string): string => {
    const share = count / rows.length
    if (share < minLabelled.wide) return String(count)
    return share < minLabelled.narrow ? `${count}<b class="long"> ${word}</b>` : `${count} ${word}`
  }
  const parts = kinds.map(([outcome, word]) => {
    const count = rows.filter((row) => (row.cells.get(name)?.outcome ?? 'missed') === outcome).length
    return count === 0
      ? ''
      : `<span class="${outcome}" style="flex:${count} 1 0" title="${count} ${word}">${label(count, word)}</span>`
  })
  return `<div class="bar">${parts.join('')}</div>`
}

/** What the other layers still do when one is missing. */
export function failureSection(proof: Proof): readonly string[] {
  if (proof.plan.layers.length < 2 || proof.rows.every((row) => !row.valid)) return []
  return [
    '<h2>When a layer fails</h2>',
    '<p class="quiet">What happens to all attacks together when one layer is missing and the others stand.</p>',
    '<div class="loss">',
    `<div>all layers</div>${bar(proof, proof.plan.all)}`,
    ...[...proof.plan.without].map(
      ([layer, configuration]) => `<div>without ${layer}</div>${bar(proof, configuration)}`,
    ),
    '</div>',
  ]
}
