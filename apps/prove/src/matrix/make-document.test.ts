import type { LayerName } from '@sevenfold/event'
import { describe, expect, it } from 'vitest'
import type { AttackFacts } from '../attack/attack.ts'
import { planConfigurations } from './configuration.ts'
import type { JudgedCell } from './judge.ts'
import { judgesAlone, makeDocument } from './make-document.ts'
import type { AttackRow } from './make-document.ts'

const plan = planConfigurations(['edge', 'detection'])

function facts(id: string): AttackFacts {
  return { id, class: 'xss', title: 't', cwe: 79, capec: 1, technique: 'T1190', preconditions: [] }
}

function cell(outcome: JudgedCell['outcome'], ...layers: (LayerName | 'backbone')[]): JudgedCell {
  return { outcome, layers, unexplained: false, reasons: ['r'] }
}

const missed = cell('missed')

function row(id: string, cells: Readonly<Record<string, JudgedCell>>, valid = true): AttackRow {
  return { attack: facts(id), cells: new Map(Object.entries(cells)), valid }
}

const deep = row('deep', {
  none: missed,
  edge: cell('stopped', 'edge'),
  detection: { ...cell('detected', 'detection'), secondsToDetection: 1.5 },
  'edge+detection': cell('stopped', 'edge', 'detection'),
})
const single = row('single', {
  none: missed,
  edge: cell('stopped', 'edge'),
  detection: missed,
  'edge+detection': cell('stopped', 'edge'),
})
const open = row('open', { none: missed, edge: missed, detection: missed, 'edge+detection': missed })
const invalid = row('invalid', { none: { ...missed, unexplained: true } }, false)

describe('judgesAlone', () => {
  it('counts layers that stop or detect alone', () => {
    expect(judgesAlone(deep, plan)).toEqual(['edge', 'detection'])
    expect(judgesAlone(single, plan)).toEqual(['edge'])
    expect(judgesAlone(open, plan)).toEqual([])
  })

  it('counts the backbone once, whatever stands before it', () => {
    const seen = row('seen', {
      none: missed,
      edge: cell('detected', 'backbone'),
      detection: missed,
      'edge+detection': cell('detected', 'backbone'),
    })
    expect(judgesAlone(seen, plan)).toEqual(['backbone'])
  })

  it('counts nothing for an attack that does not work', () => {
    expect(judgesAlone(row('x', { edge: cell('stopped', 'edge') }, false), plan)).toEqual([])
  })
})

describe('makeDocument', () => {
  const document = makeDocument('s', plan, {
    rows: [deep, single, open, invalid],
    benign: [
      { name: 'a', blocked: true },
      { name: 'b', blocked: false },
    ],
  })

  it('has the form of the contract', () => {
    expect(document.v).toBe(1)
    expect(document.seed).toBe('s')
    expect(document.benign).toEqual({ runs: 2, blocked: 1 })
    expect(document.attacks[0]).toEqual({
      id: 'deep',
      class: 'xss',
      technique: 'T1190',
      valid: true,
      cells: {
        none: { outcome: 'missed', layers: [] },
        alone: {
          edge: { outcome: 'stopped', layers: ['edge'] },
          detection: { outcome: 'detected', layers: ['detection'], secondsToDetection: 1.5 },
        },
        without: {
          edge: { outcome: 'detected', layers: ['detection'], secondsToDetection: 1.5 },
          detection: { outcome: 'stopped', layers: ['edge'] },
        },
        all: { outcome: 'stopped', layers: ['edge', 'detection'] },
      },
      depth: 2,
    })
  })

  it('names single points of failure and attacks that nobody meets, each with the layer that closes it next', () => {
    expect(document.singlePoints).toEqual([
      { attack: 'single', layer: 'edge', closer: expect.any(String) },
      { attack: 'open', layer: null, closer: expect.any(String) },
    ])
  })

  it('reports an attack that does not work as invalid, with depth 0 and no single point', () => {
    expect(document.attacks[3]).toMatchObject({ id: 'invalid', valid: false, depth: 0 })
  })
})
