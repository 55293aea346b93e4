import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '@sevenfold/event'
import { parseYaml } from '@sevenfold/yaml'
import { RuleJudge, compileRules, readRuleDocuments } from '../src/index.ts'
import { madeEvent, startMs } from './made-event.ts'

interface Step {
  readonly of: string
  readonly times?: number
  readonly vary?: string
  readonly at?: number
  readonly with?: Readonly<Record<string, Json>>
}

interface Case {
  readonly silent?: boolean
  readonly fires?: readonly Step[]
  readonly near?: readonly Step[]
}

const path = join(import.meta.dirname, '../testdata/rules.yml')
const cases = parseYaml(readFileSync(path, 'utf8')).value as Readonly<Record<string, Case>>
const rules = compileRules(await readRuleDocuments(['builtin']), [])

function eventsOf(steps: readonly Step[]): { event: JsonObject; timeMs: number }[] {
  return steps.flatMap((step) =>
    Array.from({ length: step.times ?? 1 }, (_, n) => {
      const timeMs = startMs + ((step.at ?? 0) + n) * 1000
      const varied = step.vary === undefined ? {} : { [step.vary]: `value-${n}` }
      return { event: madeEvent(step.of, timeMs, { ...step.with, ...varied }), timeMs }
    }),
  )
}

function fired(steps: readonly Step[]): readonly string[] {
  const judge = new RuleJudge(rules)
  return eventsOf(steps).flatMap((judged) => judge.judge(judged).map(({ rule }) => rule.name))
}

const all = [...rules.set.rules, ...rules.set.correlations.map(({ info }) => info)]

describe('the rules of the pack', () => {
  it('all compile, and all have cases', () => {
    expect(rules.problems).toEqual([])
    expect(Object.keys(cases).toSorted()).toEqual(all.map(({ name }) => name ?? '').toSorted())
  })
  for (const info of all) {
    const { silent, fires, near } = cases[info.name ?? ''] ?? {}
    it(`${info.name ?? ''} has a runbook with what it means, first steps, confirmation and undo`, () => {
      const runbook = rules.runbook(info.id)
      expect(runbook?.meaning.length).toBeGreaterThan(5)
      for (const part of ['first', 'confirm', 'undo'] as const)
        expect(runbook?.[part].length).toBeGreaterThan(0)
      expect(info.author).toBe('Sevenfold')
    })
    if (silent === true) continue
    it(`${info.name ?? ''} names ATT&CK tactics or techniques, unless it is only informational`, () => {
      if (info.level !== 'informational')
        expect(info.tags.some((tag) => tag.startsWith('attack.'))).toBe(true)
    })
    it(`${info.name ?? ''} fires`, () => expect(fired(fires ?? [])).toContain(info.name))
    it(`${info.name ?? ''} leaves its neighbour alone`, () =>
      expect(fired(near ?? [])).not.toContain(info.name))
  }
})
