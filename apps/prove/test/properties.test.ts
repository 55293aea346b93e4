import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findScripts } from '../src/browser/find-scripts.ts'
import { decodeEntities } from '../src/browser/decode-entities.ts'
import { cellAddress, maxCells } from '../src/matrix/cell-address.ts'
import { configurationOf, planConfigurations } from '../src/matrix/configuration.ts'
import { judgeCell } from '../src/matrix/judge.ts'
import type { JudgingEvent } from '../src/matrix/judging-event.ts'
import { wrap } from '../src/report/wrap.ts'

const layers = ['edge', 'runtime', 'detection'] as const

const html = fc
  .array(
    fc.oneof(
      fc.string(),
      fc.constantFrom(
        '<script>',
        '</script>',
        '<svg',
        ' onload=',
        '"',
        "'",
        '<!--',
        '-->',
        '>',
        '<textarea>',
        '&lt;',
      ),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''))

const events: fc.Arbitrary<readonly JudgingEvent[]> = fc.array(
  fc.record({
    column: fc.constantFrom(...layers, 'backbone' as const),
    verdict: fc.constantFrom('stopped' as const, 'detected' as const),
    at: fc.integer({ min: 0, max: 100_000 }),
    address: fc.constantFrom('127.2.0.1', '127.2.0.2', undefined),
    traces: fc.array(fc.constantFrom('t-1', 't-2'), { maxLength: 2 }),
    reason: fc.string(),
  }),
  { maxLength: 8 },
)

describe("the victim's tokenizer", () => {
  it('ends on any text, and finds nothing in text that was escaped', () => {
    fc.assert(
      fc.property(html, (text) => {
        findScripts(text)
        decodeEntities(text)
        const escaped = text
          .replaceAll('&', '&amp;')
          .replaceAll('<', '&lt;')
          .replaceAll('>', '&gt;')
          .replaceAll('"', '&quot;')
        expect(findScripts(`<p title="${escaped}">${escaped}</p>`)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})

describe('judging', () => {
  it('never credits a layer that is off, a layer without an event of the cell, or the backbone for a stop', () => {
    fc.assert(
      fc.property(events, fc.subarray([...layers]), fc.boolean(), (list, on, succeeded) => {
        const run = {
          attack: 'a',
          configuration: configurationOf(on),
          address: '127.2.0.1',
          traces: new Set(['t-1']),
          succeeded,
          startedAt: 0,
        }
        const cell = judgeCell(run, list)
        const own = list.filter((event) => event.address === '127.2.0.1' || event.traces.includes('t-1'))
        for (const layer of cell.layers) {
          expect(layer === 'backbone' || on.includes(layer as (typeof layers)[number])).toBe(true)
          expect(own.some((event) => event.column === layer)).toBe(true)
        }
        if (cell.outcome === 'stopped') expect(succeeded).toBe(false)
        expect(cell.outcome === 'missed').toBe(cell.layers.length === 0)
      }),
      { numRuns: 500 },
    )
  })

  it('plans every set once', () => {
    fc.assert(
      fc.property(fc.subarray([...layers]), (some) => {
        const { distinct, all, none } = planConfigurations(some)
        expect(new Set(distinct.map(({ name }) => name)).size).toBe(distinct.length)
        expect(distinct).toContain(all)
        expect(distinct[0]).toBe(none)
      }),
    )
  })
})

describe('addresses of cells', () => {
  it('are different for different cells', () => {
    fc.assert(
      fc.property(fc.nat(maxCells - 1), fc.nat(maxCells - 1), (one, other) => {
        expect(cellAddress(one) === cellAddress(other)).toBe(one === other)
        expect(cellAddress(one)).toMatch(/^127\.(?:[2-9]|\d\d|\d\d\d)\./)
      }),
    )
  })
})

describe('wrapping', () => {
  it('keeps every word, in order, within the width where words allow', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,12}$/)),
        fc.integer({ min: 16, max: 60 }),
        (words, width) => {
          const lines = wrap(words, width, 2)
          expect(lines.flatMap((line) => line.trim().split(' ')).filter((word) => word !== '')).toEqual(words)
          expect(lines.every((line) => line.length <= width)).toBe(true)
        },
      ),
    )
  })
})
