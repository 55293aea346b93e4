import type { ProofCost, ProofDisturbance, ProofFigure, ProofLoad } from '@sevenfold/event'
import { describe, expect, it } from 'vitest'
import { madeProof } from '../../test/made-proof.ts'
import type { Proof } from '../matrix/run-proof.ts'
import { figureText, servedShare } from './cost-rows.ts'
import { htmlReport } from './html/html-report.ts'
import { markdownReport } from './markdown.ts'
import { terminalReport } from './terminal.ts'

function figure(median: number): ProofFigure {
  return { median, low: median / 2, high: median * 2 }
}

function load(cpu: number | undefined): ProofLoad {
  return {
    requests: 100,
    failed: 0,
    requestsPerSecond: figure(150),
    latency: { p50: figure(3), p95: figure(20), p99: figure(60) },
    ...(cpu === undefined ? {} : { cpuMsPerRequest: figure(cpu), memoryMiB: { shop: 400, edge: 100 } }),
  }
}

const cost: ProofCost = {
  repeats: 6,
  bare: load(1),
  layers: { edge: load(1.5), 'edge+detection': load(2) },
  attackers: load(0.5),
  together: load(undefined),
  cpuPerRequest: { edge: 1.5, 'edge+detection': 2 },
}

const availability: readonly ProofDisturbance[] = [
  { part: 'bare', kind: 'none', requests: 80, served: 80, longestGapMs: 60 },
  { part: 'edge', kind: 'killed', requests: 80, served: 79, longestGapMs: 700 },
]

function measured(): Proof {
  const proof = madeProof()
  return { ...proof, document: { ...proof.document, cost, availability } }
}

describe('figureText', () => {
  it('has as many digits as the figure deserves', () => {
    expect(figureText(figure(1))).toBe('1.00 (0.50–2.00)')
    expect(figureText(figure(10))).toBe('10.0 (5.0–20.0)')
    expect(figureText(figure(150))).toBe('150 (75–300)')
  })
})

describe('servedShare', () => {
  it('is 100 only when all were served', () => {
    const run = (served: number): ProofDisturbance => ({
      part: 'edge',
      kind: 'killed',
      requests: 10_000,
      served,
      longestGapMs: 0,
    })
    expect([10_000, 9999, 0].map((served) => servedShare(run(served)))).toEqual([100, 99.9, 0])
    expect(servedShare({ ...run(0), requests: 0 })).toBe(0)
  })
})

describe('reports of a proof with costs', () => {
  it('shows them in the terminal within the width of the table', () => {
    const text = terminalReport(measured(), { color: false, width: 100 })
    expect(text).toContain('no layer                                1.00 (0.50–2.00)')
    expect(text).toContain('2.00 ×')
    expect(text).toContain('edge killed                               98.7 %   longest gap 700 ms')
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110)
  })

  it('shows them as tables in Markdown', () => {
    const text = markdownReport(measured())
    expect(text).toContain(
      '| all layers | 2.00 (1.00–4.00) | 2.00 × | 3.00 (1.50–6.00) | 60.0 (30.0–120.0) | 150 |',
    )
    expect(text).toContain('| visitors among attackers, all layers | – | – |')
    expect(text).toContain('| edge killed | 98.7 % | 700 |')
  })

  it('plots them in the page, with the spread of the repeats', () => {
    const page = htmlReport(measured(), { minDepth: 0, date: new Date(0) })
    expect(page).toContain('<i style="width:50.0%"></i><u style="left:25.0%;width:75.0%">')
    expect(page).toContain('enclose the true median with 96.9 %')
    expect(page).toContain('<td class="detected">98.7 %</td>')
  })

  it('leaves them out when they were not measured', () => {
    for (const text of [
      markdownReport(madeProof()),
      htmlReport(madeProof(), { minDepth: 0, date: new Date(0) }),
      terminalReport(madeProof(), { color: false, width: 100 }),
    ]) {
      expect(text).not.toMatch(/What the layers cost|longest gap/)
    }
  })
})
