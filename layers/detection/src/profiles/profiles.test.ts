import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { GoTime } from '@sevenfold/behaviour'
import type { Alert } from '../alerts/alert.ts'
import { AlertStore } from '../alerts/alert-store.ts'
import { DecisionStore } from '../decisions/decision-store.ts'
import { Offenders } from '../desk/offenders.ts'
import { decisionFacility } from './load-profiles.ts'
import { maxProfiles, readProfiles } from './read-profiles.ts'
import { runProfiles } from './run-profiles.ts'
import { simulatedScenarios } from './simulated-scenarios.ts'

const hour = 3_600_000
function alertOn(source: Partial<Alert['source']>, change: Partial<Alert> = {}): Alert {
  return {
    scenario: 'crowdsecurity/ssh-bf',
    scenario_hash: '',
    scenario_version: '',
    message: '',
    events_count: 6,
    start_at: '',
    stop_at: '',
    capacity: 5,
    leakspeed: '10s',
    simulated: false,
    events: [],
    remediation: true,
    source: { scope: 'Ip', value: '192.0.2.1', ...source },
    meta: [],
    labels: [],
    kind: '',
    decisions: [],
    ...change,
  }
}

function bench(text: string) {
  const now = (): number => 1_000_000_000
  const store = new DecisionStore({ now, newUuid: () => '', journal: { append: () => undefined } })
  const offenders = new Offenders(() => undefined)
  const alerts = new AlertStore({ now, newUuid: () => '', append: () => undefined })
  const decisions = decisionFacility({ store, offenders, alerts, now })
  const compiled = readProfiles(text, 'profiles.yaml', { now: () => new GoTime(now()), decisions })
  return { store, offenders, alerts, compiled, profiles: runProfiles(compiled, 4 * hour), now }
}
const profile = (more: string, filter = 'Alert.Remediation == true'): string =>
  `name: one\nfilters:\n - ${filter}\ndecisions:\n - type: ban\n   duration: 1h\n${more}`

const crowdsec = '/etc/crowdsec/profiles.yaml'

describe('profiles in the form of CrowdSec', () => {
  it.skipIf(!existsSync(crowdsec))('are read as Debian installs them (needs crowdsec)', () => {
    const { profiles, compiled } = bench(readFileSync(crowdsec, 'utf8'))
    expect(compiled.length).toBeGreaterThan(0)
    expect(profiles.decide(alertOn({}))).toMatchObject({
      decisions: [{ type: 'ban', durationMs: 4 * hour, scope: 'Ip', value: '192.0.2.1' }],
    })
    expect(profiles.decide(alertOn({ scope: 'Range' })).decisions).toEqual([])
  })

  it('decide by the first that matches; on_success break ends the run', () => {
    const second = 'name: two\nfilters: ["true"]\ndecisions: [{type: captcha, duration: 2h}]\n'
    for (const [step, matched] of [
      ['continue', ['one', 'two']],
      ['break', ['one']],
    ] as const) {
      const { profiles } = bench(`${profile(`on_success: ${step}`)}\n---\n${second}`)
      expect(profiles.decide(alertOn({}))).toMatchObject({
        matched,
        decisions: [{ type: 'ban', durationMs: hour }],
      })
      expect(profiles.decide(alertOn({}, { remediation: false }))).toMatchObject({
        matched: ['two'],
        decisions: [{ type: 'captcha' }],
      })
    }
  })

  it('see the alert, its source and its events', () => {
    const filters = [
      'Alert.GetScope() == "Ip" and Alert.GetValue() == "192.0.2.1"',
      'Alert.GetScenario() contains "ssh" && Alert.GetEventsCount() > 5',
      'Alert.Source.AsNumber == "64496" and Alert.Source.Cn == "FR"',
      'any(Alert.Events, {.GetMeta("target_user") == "root"})',
      'any(Alert.Labels, {# == "service:ssh"})',
    ]
    const alert = alertOn(
      { as_number: '64496', cn: 'FR' },
      { events: [{ timestamp: '', meta: [{ key: 'target_user', value: 'root' }] }], labels: ['service:ssh'] },
    )
    for (const filter of filters) {
      const { profiles } = bench(profile('', JSON.stringify(filter)))
      expect([filter, profiles.decide(alert).matched]).toEqual([filter, ['one']])
      expect(profiles.decide(alertOn({ value: 'x' }, { scenario: 'y' })).matched).toEqual([])
    }
  })

  it('can say how long by an expression, with the decisions before', () => {
    const { profiles, offenders, now } = bench(
      profile('duration_expr: Sprintf("%dh", (GetDecisionsCount(Alert.GetValue()) + 1) * 4)'),
    )
    expect(profiles.decide(alertOn({})).decisions).toEqual([
      expect.objectContaining({ durationMs: 4 * hour, escalates: false }),
    ])
    offenders.note('192.0.2.1', now())
    offenders.note('192.0.2.1', now())
    expect(profiles.decide(alertOn({})).decisions[0]?.durationMs).toBe(12 * hour)
  })

  it('take days, and the duration of the decision when an expression gives none', () => {
    expect(
      bench(profile('duration_expr: "\'2d\'"')).profiles.decide(alertOn({})).decisions[0]?.durationMs,
    ).toBe(48 * hour)
    const broken = bench(profile('duration_expr: "\'soon\'"')).profiles.decide(alertOn({}))
    expect(broken.decisions[0]?.durationMs).toBe(hour)
    expect(broken.errors).toEqual(['profile one: duration_expr gave no duration'])
  })

  it('decide about what surrounds an address where they name another scope', () => {
    const scoped = (scope: string) =>
      bench(`name: one\nfilters: ["true"]\ndecisions: [{type: ban, scope: ${scope}}]`).profiles.decide(
        alertOn({ ip: '192.0.2.1', range: '192.0.2.0/24', cn: 'FR', as_number: '64496' }),
      ).decisions[0]
    expect(scoped('Range')).toMatchObject({ scope: 'Range', value: '192.0.2.0/24', durationMs: 4 * hour })
    expect(scoped('Country')).toMatchObject({ value: 'FR' })
    expect(scoped('AS')).toMatchObject({ value: '64496' })
    expect(scoped('username')).toMatchObject({ value: '192.0.2.1' })
  })

  it.each([
    ['continue', ['two'], 1],
    ['ignore', ['two'], 1],
    ['apply', ['one', 'two'], 1],
    ['break', [], 1],
  ])('with a filter that fails and on_error %s go on as it says, and tell', (onError, matched, errors) => {
    const failing = profile(`on_error: ${onError}`, 'Alert.Events[7].Timestamp == "x"')
    const { profiles } = bench(`${failing}\n---\nname: two\nfilters: ["true"]\n`)
    const outcome = profiles.decide(alertOn({}))
    expect([outcome.matched, outcome.errors.length]).toEqual([matched, errors])
  })

  it.each([
    ['unknown: 1', 'profiles.yaml:8:1: unknown key unknown'],
    ['on_success: stop', 'one of continue, break'],
    ['duration_expr: "1 +"', 'profiles.yaml:8:16'],
    ['decisions: []', 'profiles.yaml:8:1'],
  ])('with %j are refused with the place', (more, message) => {
    expect(() => bench(profile(`debug: false\n${more}`))).toThrow(message)
  })

  it.each([
    ['name: x', 'at least one filter'],
    ['filters: ["true"]', 'has a name'],
    ['name: x\nfilters: [Alert.Nothing == 1]', 'Nothing'],
    ['name: x\nfilters: [7]', 'text is needed'],
    ['name: x\nfilters: ["true"]\ndecisions: [{type: ban, duration: long}]', 'a duration such as 4h'],
    ['name: x\nfilters: ["true"]\ndecisions: [{kind: ban}]', 'unknown key kind'],
    ['- a', 'a map is needed'],
    ['name: [', 'profiles.yaml:1'],
  ])('%j is refused: %s', (text, message) => {
    expect(() => bench(text)).toThrow(message)
  })

  it('are bounded in number', () => {
    const many = (count: number): string =>
      Array.from({ length: count }, (_, i) => `name: p${i}\nfilters: ["true"]\n`).join('---\n')
    expect(bench(many(maxProfiles)).compiled).toHaveLength(maxProfiles)
    expect(() => bench(many(maxProfiles + 1))).toThrow('profiles.yaml')
  })
})

describe('what profiles may ask about decisions', () => {
  it('counts those there were, those there are, and what is left of them', () => {
    const { store, offenders, alerts, now } = bench(profile(''))
    const facility = decisionFacility({ store, offenders, alerts, now })
    const { id } = store.add({
      type: 'ban',
      scope: 'ip',
      value: '192.0.2.1',
      untilMs: now() + hour,
      origin: '',
      scenario: '',
      simulated: false,
    })
    alerts.add(alertOn({}), { machine: '', decisionIds: [id] })
    alerts.add(alertOn({}), { machine: '', decisionIds: [] })
    offenders.note('192.0.2.1', now())
    expect(facility.count('::ffff:192.0.2.1')).toBe(1)
    expect(facility.countSince('192.0.2.1', hour)).toBe(1)
    expect(facility.activeCount('192.0.2.1')).toBe(1)
    expect(facility.activeTimeLeftMs('192.0.2.1')).toBe(hour)
    expect([facility.activeCount('192.0.2.2'), facility.activeTimeLeftMs('192.0.2.2')]).toEqual([0, 0])
  })
})

describe('simulation', () => {
  it('holds for the listed scenarios, or for all but those', () => {
    const some = simulatedScenarios({ all: false, scenarios: ['a'] })
    const most = simulatedScenarios({ all: true, scenarios: ['a'] })
    expect([some('a'), some('b'), most('a'), most('b')]).toEqual([true, false, false, true])
  })
})
