import { afterEach, describe, expect, it } from 'vitest'
import { measureAvailability } from '../src/availability/measure-availability.ts'
import { sendSteadily } from '../src/availability/steady-visitors.ts'
import { measureCost } from '../src/cost/measure-cost.ts'
import { defineAttack, planConfigurations } from '../src/index.ts'
import type { Attack, Journey } from '../src/index.ts'
import { cellAddress } from '../src/matrix/cell-address.ts'
import { startFakeBed } from './fake-bed.ts'
import type { FakeBed } from './fake-bed.ts'

let bed: FakeBed | undefined
afterEach(() => bed?.close())

function addresses(): { readonly next: () => string; readonly used: string[] } {
  const used: string[] = []
  const next = (): string => {
    used.push(cellAddress(used.length))
    return used.at(-1) ?? ''
  }
  return { next, used }
}

const journey: Journey = {
  id: 'browse',
  title: 'Looks around',
  visit: async ({ visitor }) => {
    await visitor.get('/one')
    await visitor.get('/two')
    return undefined
  },
}

const attack: Attack = defineAttack({
  id: 'steal',
  class: 'xss',
  title: 'Steals',
  cwe: 79,
  capec: 1,
  technique: 'T1190',
  preconditions: [],
  steps: ({ visitor }) => visitor.get('/steal'),
  oracle: (answer) => answer.status === 200,
  twin: ({ visitor }) => visitor.get('/innocent'),
})

describe('measureCost', () => {
  it('measures the four steps, interleaved, after one round that is not counted', async () => {
    bed = await startFakeBed(['edge', 'detection'])
    const { next, used } = addresses()
    const steps: string[] = []
    const cost = await measureCost({
      bed,
      plan: planConfigurations(bed.layers),
      journeys: [journey],
      attacks: [attack],
      seed: 's',
      repeats: 2,
      nextAddress: next,
      onStep: (doing) => steps.push(doing),
    })
    expect(steps.slice(0, 5)).toEqual([
      'cost: bare, warming up',
      'cost: edge, warming up',
      'cost: detection, warming up',
      'cost: edge+detection, warming up',
      'cost: attackers, warming up',
    ])
    expect(steps).toHaveLength(6 * 3)
    expect(steps.at(-1)).toBe('cost: together, 2 of 2')
    expect(Object.keys(cost.layers ?? {})).toEqual(['edge', 'detection', 'edge+detection'])
    expect(cost.bare).toMatchObject({ requests: 2 * 12 * 2, failed: 0 })
    expect(cost.together?.requests).toBe(2 * 12 * 2)
    expect(cost.together).not.toHaveProperty('cpuMsPerRequest')
    expect(new Set(used).size).toBe(used.length)
  })

  it('counts requests that are not answered', async () => {
    bed = await startFakeBed([])
    const { next } = addresses()
    const plan = planConfigurations([])
    const nowhere = { ...bed, target: () => ({ host: '127.0.0.1', port: 1, direct: true }) }
    const cost = await measureCost({
      bed: nowhere,
      plan,
      journeys: [journey],
      attacks: [],
      seed: 's',
      repeats: 1,
      nextAddress: next,
    })
    expect(cost.bare).toMatchObject({ requests: 24, failed: 24, latency: { p50: { median: 0 } } })
    expect(cost).not.toHaveProperty('attackers')
  })
})

describe('sendSteadily', () => {
  it('counts who was served, and the longest time that nobody was', async () => {
    bed = await startFakeBed(['edge'])
    let refusing = false
    bed.rules.set('edge', () => refusing && 'silent')
    const { next } = addresses()
    const plan = planConfigurations(bed.layers)
    const options = {
      target: bed.target(plan.all),
      paths: ['/'],
      everyMs: 10,
      durationMs: 200,
      nextAddress: next,
      trace: String,
    }
    expect(await sendSteadily(options)).toMatchObject({ requests: 20, served: 20 })
    refusing = true
    expect(await sendSteadily(options)).toEqual({ requests: 20, served: 0, longestGapMs: 200 })
  })
})

describe('measureAvailability', () => {
  it('looks at the bare application and at all layers, each undisturbed, when there is no process to disturb', async () => {
    bed = await startFakeBed(['edge'])
    const { next } = addresses()
    const found = await measureAvailability({
      bed,
      plan: planConfigurations(bed.layers),
      seed: 's',
      nextAddress: next,
    })
    expect(found).toMatchObject([
      { part: 'bare', kind: 'none', requests: 80, served: 80 },
      { part: 'all layers', kind: 'none', requests: 80, served: 80 },
    ])
  })
})
