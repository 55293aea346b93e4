import { judgesAlone } from '../matrix/make-document.ts'
import type { AttackRow } from '../matrix/make-document.ts'
import type { Proof } from '../matrix/run-proof.ts'

const colours = { none: '#d64541', one: '#f0b429', more: '#2d9d78' } as const

function techniqueEntry(id: string, rows: readonly AttackRow[], proof: Proof): unknown {
  const depths = rows.map((row) => judgesAlone(row, proof.plan).length)
  const metadata = rows.map((row, index) => ({ name: row.attack.id, value: `depth ${depths[index] ?? 0}` }))
  return {
    techniqueID: id,
    score: Math.min(...depths),
    comment: `${rows.length} ${rows.length === 1 ? 'attack' : 'attacks'}; the least defended: depth ${Math.min(...depths)}`,
    enabled: true,
    showSubtechniques: true,
    metadata,
  }
}

/**
 * A layer of the ATT&CK Navigator (layer format 4.5): the score of a technique is the lowest depth of its attacks.
 * Attacks that do not work with no layer are left out.
 */
export function navigatorLayer(proof: Proof): string {
  const techniques = new Map<string, AttackRow[]>()
  for (const row of proof.rows.filter(({ valid }) => valid)) {
    const { technique } = row.attack
    techniques.set(technique, [...(techniques.get(technique) ?? []), row])
  }
  const layer = {
    name: 'sevenfold prove',
    versions: { attack: '17', navigator: '5.1.0', layer: '4.5' },
    domain: 'enterprise-attack',
    description: `Independent layers that stop or detect each technique alone. Seed ${proof.document.seed}.`,
    techniques: [...techniques].map(([id, rows]) => techniqueEntry(id, rows, proof)),
    gradient: { colors: [colours.none, colours.one, colours.more], minValue: 0, maxValue: 2 },
    legendItems: [
      { label: 'no layer stands', color: colours.none },
      { label: 'one layer stands', color: colours.one },
      { label: 'two layers or more', color: colours.more },
    ],
    sorting: 0,
    layout: { layout: 'side', showName: true, showID: true },
    hideDisabled: false,
  }
  return `${JSON.stringify(layer, undefined, 2)}\n`
}
