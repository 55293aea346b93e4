import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProofDocument } from '@sevenfold/event'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { madeProof } from '../../test/made-proof.ts'
import { exitCodeOf } from '../command/exit-code.ts'
import { compareProofs, isWorse } from './compare-proofs.ts'
import { comparisonText } from './comparison-text.ts'
import { maxBaselineAttacks, maxBaselineBytes, parseBaseline, readBaseline } from './read-baseline.ts'

const folder = mkdtempSync(join(tmpdir(), 'prove-baseline-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const stoppedByEdge = { outcome: 'stopped', layers: ['edge'] } as const

/** The document of the made proof with some attacks changed. */
function changed(change: (attack: ProofDocument['attacks'][number]) => object): string {
  const { document } = madeProof()
  return JSON.stringify({
    ...document,
    attacks: document.attacks.map((attack) => ({ ...attack, ...change(attack) })),
  })
}

function deeper(id: string): string {
  return changed((attack) =>
    attack.id === id
      ? {
          depth: attack.depth + 1,
          cells: {
            ...attack.cells,
            alone: { edge: stoppedByEdge, runtime: { outcome: 'stopped', layers: ['runtime'] } },
          },
        }
      : {},
  )
}

describe('compareProofs', () => {
  it('finds nothing in two equal proofs', () => {
    const comparison = compareProofs(parseBaseline(changed(() => ({}))), madeProof())
    expect(comparison).toMatchObject({ compared: 4, fallen: [], risen: [], added: [], broken: [] })
    expect(isWorse(comparison)).toBe(false)
    expect(exitCodeOf(madeProof(), 0, comparison)).toBe(0)
    expect(comparisonText(comparison)).toBe(
      'Compared with the baseline (seed seed), 4 attacks: nothing changed\n',
    )
  })

  it('names an attack whose depth fell, and the layer that was lost', () => {
    const comparison = compareProofs(parseBaseline(deeper('xss-search-script')), madeProof())
    expect(comparison.fallen).toEqual([
      { attack: 'xss-search-script', before: 2, after: 1, layers: ['runtime'] },
    ])
    expect(exitCodeOf(madeProof(), 0, comparison)).toBe(1)
    expect(comparisonText(comparison)).toContain(
      'Depth fell (1):\n  xss-search-script: depth 2 → 1 (lost: runtime)',
    )
  })

  it('is content when a depth rises', () => {
    const baseline = changed(({ id, cells }) =>
      id === 'sql-union-search' ? { depth: 1, cells: { ...cells, alone: { edge: stoppedByEdge } } } : {},
    )
    const comparison = compareProofs(parseBaseline(baseline), madeProof())
    expect(comparison.risen).toEqual([
      { attack: 'sql-union-search', before: 1, after: 2, layers: ['detection'] },
    ])
    expect(isWorse(comparison)).toBe(false)
    expect(comparisonText(comparison)).toContain('sql-union-search: depth 1 → 2 (new: detection)')
  })

  it('does not compare attacks that are new, left out, or did not work', () => {
    const others = changed(({ id }) => (id === 'xss-search-script' ? { id: 'gone', depth: 8 } : {}))
    const comparison = compareProofs(parseBaseline(others), madeProof())
    expect(comparison).toMatchObject({ compared: 3, fallen: [], added: ['xss-search-script'] })
    const invalid = changed(() => ({ valid: false, depth: 8 }))
    expect(compareProofs(parseBaseline(invalid), madeProof())).toMatchObject({ compared: 0, fallen: [] })
  })

  it('names innocent visits when more of them are blocked than before', () => {
    const proof = madeProof({ benign: [{ name: 'buy', blocked: true, reason: 'edge: waf' }] })
    const comparison = compareProofs(parseBaseline(changed(() => ({}))), proof)
    expect(comparison.broken.map(({ name }) => name)).toEqual(['buy'])
    expect(isWorse(comparison)).toBe(true)
    expect(comparisonText(comparison)).toContain('more than before (1):\n  buy (edge: waf)')
    const before = JSON.stringify({ ...madeProof().document, benign: { runs: 1, blocked: 1 } })
    expect(compareProofs(parseBaseline(before), proof).broken).toEqual([])
  })
})

describe('parseBaseline', () => {
  const attack = { id: 'a', valid: true, depth: 1, cells: { all: { layers: [] } } }
  const base = { v: 1, seed: 's', attacks: [attack], benign: { runs: 0, blocked: 0 } }

  it('takes the smallest document that can be compared', () => {
    expect(parseBaseline(JSON.stringify(base)).attacks).toHaveLength(1)
  })

  it.each([
    ['no JSON', '{', 'not JSON'],
    ['an array', '[]', 'version 1'],
    ['another version', JSON.stringify({ ...base, v: 2 }), 'version 1'],
    ['attacks that are none', JSON.stringify({ ...base, attacks: {} }), 'attacks'],
    ['an attack without depth', JSON.stringify({ ...base, attacks: [{ ...attack, depth: '1' }] }), 'attacks'],
    ['an attack without cells', JSON.stringify({ ...base, attacks: [{ ...attack, cells: {} }] }), 'attacks'],
    [
      'a cell without layers',
      JSON.stringify({
        ...base,
        attacks: [{ ...attack, cells: { all: { layers: [] }, alone: { edge: 1 } } }],
      }),
      'attacks',
    ],
    ['no seed', JSON.stringify({ ...base, seed: 1 }), 'seed'],
    ['no visits', JSON.stringify({ ...base, benign: {} }), 'innocent'],
  ])('refuses %s', (_name, text, why) => {
    expect(() => parseBaseline(text)).toThrow(why)
  })

  it('takes as many attacks as the limit allows, and not one more', () => {
    const many = (count: number): string =>
      JSON.stringify({ ...base, attacks: Array.from({ length: count }, () => attack) })
    expect(parseBaseline(many(maxBaselineAttacks)).attacks).toHaveLength(maxBaselineAttacks)
    expect(() => parseBaseline(many(maxBaselineAttacks + 1))).toThrow('attacks')
  })

  it('either refuses any JSON or gives something that can be compared', () => {
    const value = fc.oneof(
      fc.json(),
      fc.array(fc.anything()).map((attacks) => {
        try {
          return JSON.stringify({ ...base, attacks })
        } catch {
          return '{}'
        }
      }),
    )
    const check = (text: string): void => {
      let baseline
      try {
        baseline = parseBaseline(text)
      } catch {
        return
      }
      expect(compareProofs(baseline, madeProof()).compared).toBeGreaterThanOrEqual(0)
    }
    fc.assert(fc.property(value, check))
  })
})

describe('readBaseline', () => {
  it('names the file that is missing, too large, or no proof', () => {
    const path = join(folder, 'base.json')
    expect(() => readBaseline(path)).toThrow(`--baseline ${path}: ENOENT`)
    writeFileSync(path, 'x')
    expect(() => readBaseline(path)).toThrow(`--baseline ${path}: not JSON`)
    const document = JSON.stringify(madeProof().document)
    writeFileSync(path, document.padEnd(maxBaselineBytes))
    expect(readBaseline(path).attacks).toHaveLength(4)
    writeFileSync(path, document.padEnd(maxBaselineBytes + 1))
    expect(() => readBaseline(path)).toThrow('larger than')
  })
})
