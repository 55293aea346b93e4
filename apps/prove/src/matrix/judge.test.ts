import { describe, expect, it } from 'vitest'
import { configurationOf } from './configuration.ts'
import { eventsOf, judgeCell } from './judge.ts'
import type { CellRun } from './judge.ts'
import type { JudgingEvent } from './judging-event.ts'

const edge = configurationOf(['edge'])
const both = configurationOf(['edge', 'detection'])

function run(change: Partial<CellRun> = {}): CellRun {
  const base = {
    attack: 'a',
    configuration: both,
    address: '127.2.0.1',
    traces: new Set(['t-1']),
    succeeded: false,
    startedAt: 1000,
  }
  return { ...base, ...change }
}

function event(change: Partial<JudgingEvent> = {}): JudgingEvent {
  return {
    column: 'edge',
    verdict: 'stopped',
    at: 2200,
    address: '127.2.0.1',
    traces: [],
    reason: 'waf',
    ...change,
  }
}

const seen = event({ column: 'detection', verdict: 'detected', reason: 'probing' })

describe('judgeCell', () => {
  it('counts a failed attack with a block of its own as stopped', () => {
    expect(judgeCell(run(), [event()])).toEqual({
      outcome: 'stopped',
      layers: ['edge'],
      unexplained: false,
      reasons: ['edge: waf'],
    })
  })

  it('does not count a failed attack without any event, and marks it', () => {
    expect(judgeCell(run(), [])).toMatchObject({ outcome: 'missed', layers: [], unexplained: true })
  })

  it('does not take the block of another cell', () => {
    const other = event({ address: '127.2.0.2', traces: ['t-2'] })
    expect(judgeCell(run(), [other])).toMatchObject({ outcome: 'missed', unexplained: true })
  })

  it('knows an event by trace when it has no address', () => {
    expect(eventsOf(run(), [event({ address: undefined, traces: ['t-1'] })])).toHaveLength(1)
    expect(eventsOf(run(), [event({ address: undefined, traces: [] })])).toHaveLength(0)
  })

  it('counts a block that did not keep the attack from its goal as detected, with the time it took', () => {
    expect(judgeCell(run({ succeeded: true }), [event()])).toMatchObject({
      outcome: 'detected',
      layers: ['edge'],
      secondsToDetection: 1.2,
    })
  })

  it('counts a detection of a failed attack as detected, not as stopped', () => {
    expect(judgeCell(run(), [seen])).toMatchObject({
      outcome: 'detected',
      layers: ['detection'],
      unexplained: true,
    })
  })

  it('names who stopped it first, then who else saw it', () => {
    expect(judgeCell(run(), [seen, event()]).layers).toEqual(['edge', 'detection'])
  })

  it('does not count a layer that is off in this configuration', () => {
    expect(judgeCell(run({ configuration: edge, succeeded: true }), [seen])).toMatchObject({
      outcome: 'missed',
      layers: [],
    })
  })

  it('credits nobody when a layer that is off refused something after all', () => {
    const alone = configurationOf(['detection'])
    expect(judgeCell(run({ configuration: alone }), [event(), seen])).toMatchObject({
      outcome: 'missed',
      layers: [],
      unexplained: true,
    })
    expect(judgeCell(run({ configuration: alone }), [seen])).toMatchObject({ outcome: 'detected' })
  })

  it('counts the backbone as a detector behind any layer, and nobody with no layer at all', () => {
    const backbone = event({ column: 'backbone', verdict: 'detected' })
    expect(judgeCell(run({ configuration: edge, succeeded: true }), [backbone]).layers).toEqual(['backbone'])
    expect(
      judgeCell(run({ configuration: configurationOf([]), succeeded: true }), [backbone, event()]),
    ).toMatchObject({
      outcome: 'missed',
      layers: [],
    })
  })

  it('never gives a negative time, nor one for an event without a time', () => {
    expect(judgeCell(run({ succeeded: true }), [event({ at: 10 })]).secondsToDetection).toBe(0)
    expect(
      judgeCell(run({ succeeded: true }), [event({ at: Number.NaN })]).secondsToDetection,
    ).toBeUndefined()
  })
})
