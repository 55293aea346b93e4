import { generateKeyPairSync, sign } from 'node:crypto'
import { rmSync, writeFileSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Exchange, maxAddressesOfReporter, maxProtectedReports } from './exchange.ts'
import type { SignalOutcome } from './exchange.ts'
import { readExchangeLog } from './exchange-journal.ts'
import type { ExchangeRecord } from './exchange-journal.ts'
import { isPublicAddress, maxSignalAgeMs, maxSignalAheadMs, signSignal } from './signal.ts'

interface Voice {
  readonly name: string
  readonly publicKey: string
  readonly sign: (text: string) => string
}

function voice(name: string): Voice {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  return {
    name,
    publicKey: raw.toString('base64'),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64'),
  }
}

const voices = ['anna', 'ben', 'cleo', 'dan', 'eve'].map(voice)
const [anna, ben, cleo, dan, eve] = voices as [Voice, Voice, Voice, Voice, Voice]
const groups: Readonly<Record<string, string>> = { anna: 'a', ben: 'b', cleo: 'c', dan: 'a', eve: 'a' }

interface Change {
  readonly trust?: Readonly<Record<string, number>>
  readonly minTrust?: number
  readonly records?: readonly ExchangeRecord[]
  readonly without?: string
}

function makeExchange(change: Change = {}) {
  const written: ExchangeRecord[] = []
  const state = { now: Date.UTC(2026, 0, 1), guarded: new Set(['93.184.216.34']) }
  const exchange = new Exchange({
    config: {
      reporters: voices
        .filter(({ name }) => name !== change.without)
        .map(({ name, publicKey }) => ({
          name,
          publicKey,
          group: groups[name] ?? '',
          trust: change.trust?.[name] ?? 0.5,
        })),
      minReporters: 3,
      minGroups: 2,
      minTrust: change.minTrust ?? 1,
      windowMs: 86_400_000,
    },
    now: () => state.now,
    isProtected: (address) => state.guarded.has(address),
    append: (record) => void written.push(record),
    records: change.records ?? [],
  })
  const report = (by: Voice, value: string, more: { atMs?: number; name?: string } = {}): SignalOutcome =>
    exchange.take(
      signSignal(
        { v: 1, reporter: more.name ?? by.name, value, scenario: 's', atMs: more.atMs ?? state.now },
        by.sign,
      ),
    )
  const common = (): readonly string[] => exchange.common().map(({ value }) => value)
  return { exchange, state, report, common, written }
}

const attacker = '45.83.0.9'

describe('an exchange', () => {
  it('lists an address when enough reporters of enough groups agree, and not before', () => {
    const { report, common } = makeExchange()
    expect(report(anna, attacker)).toEqual({ kind: 'taken' })
    report(ben, attacker)
    expect(common()).toEqual([])
    report(cleo, attacker)
    expect(common()).toEqual([attacker])
  })

  it('forgets reports when their window is over', () => {
    const { report, common, state } = makeExchange()
    for (const one of [anna, ben, cleo]) report(one, attacker)
    state.now += 86_400_000
    expect(common()).toEqual([attacker])
    state.now += 1
    expect(common()).toEqual([])
  })

  it('asks for trust: many that are hardly believed are not enough', () => {
    const trust = { anna: 0.1, ben: 0.1, cleo: 0.1 }
    const { report, common } = makeExchange({ trust })
    for (const one of [anna, ben, cleo]) report(one, attacker)
    expect(common()).toEqual([])
  })
})

describe('poisoning', () => {
  it('by one reporter, whatever it says and how often, lists nobody', () => {
    const { report, common, state } = makeExchange({ trust: { eve: 1 } })
    for (let round = 0; round < 20; round++) {
      state.now += 1_000
      report(eve, attacker)
    }
    expect(common()).toEqual([])
  })

  it('by many keys of one owner lists nobody: they are one voice', () => {
    const { report, common } = makeExchange({ trust: { anna: 1, dan: 1, eve: 1 } })
    for (const one of [anna, dan, eve]) report(one, attacker)
    expect(common()).toEqual([])
    report(ben, attacker)
    expect(common()).toEqual([attacker])
  })

  it('in the name of another is refused', () => {
    const { report, common } = makeExchange()
    for (const name of ['anna', 'ben', 'cleo'])
      expect(report(eve, attacker, { name })).toEqual({ kind: 'refused', reason: 'bad-signature' })
    expect(report(eve, attacker, { name: 'nobody' })).toMatchObject({ reason: 'unknown-reporter' })
    expect(common()).toEqual([])
  })

  it('by replaying what others signed is refused, and what is stale too', () => {
    const { exchange, state } = makeExchange()
    const signed = signSignal(
      { v: 1, reporter: 'anna', value: attacker, scenario: 's', atMs: state.now },
      anna.sign,
    )
    expect(exchange.take(signed)).toEqual({ kind: 'taken' })
    expect(exchange.take(signed)).toMatchObject({ reason: 'replayed' })
    state.now += maxSignalAgeMs + 1
    expect(exchange.take(signed)).toMatchObject({ reason: 'stale' })
    const early = signSignal(
      { v: 1, reporter: 'anna', value: '45.83.0.10', scenario: 's', atMs: state.now + maxSignalAheadMs + 1 },
      anna.sign,
    )
    expect(exchange.take(early)).toMatchObject({ reason: 'stale' })
  })

  it('with a signal that was changed on its way is refused', () => {
    const { exchange, state } = makeExchange()
    const signed = signSignal(
      { v: 1, reporter: 'anna', value: attacker, scenario: 's', atMs: state.now },
      anna.sign,
    )
    expect(exchange.take({ ...signed, signal: signed.signal.replace(attacker, '45.83.0.8') })).toMatchObject({
      reason: 'bad-signature',
    })
    for (const signal of [
      '',
      '{}',
      '[]',
      '{"v":2}',
      signed.signal.replace('45.83', '045.83'),
      'x'.repeat(2_000),
    ]) {
      expect(exchange.take({ ...signed, signal })).toMatchObject({ reason: 'malformed' })
    }
    expect(exchange.take({ ...signed, signature: 'AAAA' })).toMatchObject({ reason: 'bad-signature' })
  })

  it('of protected addresses never lists them, and ends the trust in who tries', () => {
    const { exchange, report, common, state } = makeExchange()
    for (const one of [anna, ben, cleo]) report(one, attacker)
    for (let attempt = 0; attempt < maxProtectedReports; attempt++) {
      expect(report(cleo, '93.184.216.34')).toMatchObject({ reason: 'protected' })
    }
    expect(report(cleo, '45.83.0.77')).toMatchObject({ reason: 'suspended' })
    // What it said before does not count either.
    expect(common()).toEqual([])
    expect(exchange.reporters().find(({ name }) => name === 'cleo')).toMatchObject({
      suspended: true,
      refused: 6,
    })
    expect(exchange.pardon('cleo')).toBe(true)
    state.now += 1
    expect(report(cleo, attacker)).toEqual({ kind: 'taken' })
    expect(common()).toEqual([attacker])
    expect(exchange.pardon('nobody')).toBe(false)
  })

  it('of an address that became protected later takes it off the list', () => {
    const { report, common, state } = makeExchange()
    for (const one of [anna, ben, cleo]) report(one, attacker)
    state.guarded.add(attacker)
    expect(common()).toEqual([])
  })

  it('by reporting everybody is bounded', () => {
    const { exchange, state } = makeExchange()
    // The bound is on reports that are kept, so they are put in without a signature each.
    const trusting = new Exchange({
      config: { reporters: [], minReporters: 2, minGroups: 2, minTrust: 0, windowMs: 1 },
      now: () => 0,
      isProtected: () => false,
    })
    expect(trusting.common()).toEqual([])
    let taken = 0
    for (let n = 0; n < 300; n++) {
      const value = `45.${n >> 8}.${n & 255}.1`
      if (
        exchange.take(signSignal({ v: 1, reporter: 'eve', value, scenario: 's', atMs: state.now }, eve.sign))
          .kind === 'taken'
      )
        taken += 1
    }
    expect(taken).toBe(300)
    expect(exchange.reporters().find(({ name }) => name === 'eve')?.addresses).toBeLessThanOrEqual(
      maxAddressesOfReporter,
    )
    expect(exchange.common()).toEqual([])
  })
})

describe('addresses that may be shared', () => {
  it.each(['45.83.0.9', '8.8.8.8', '2a00:1450::1', '172.15.0.1', '100.63.0.1', '192.0.1.1'])(
    '%s may',
    (value) => {
      expect(isPublicAddress(value)).toBe(true)
    },
  )
  it.each([
    '10.0.0.1',
    '127.0.0.1',
    '192.168.1.1',
    '172.16.0.1',
    '172.31.0.1',
    '100.64.0.1',
    '169.254.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '0.0.0.0',
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '198.18.0.1',
    '::1',
    'fe80::1',
    'fd00::1',
    '2001:db8::1',
    'ff02::1',
    'x',
  ])('%s may not', (value) => {
    expect(isPublicAddress(value)).toBe(false)
  })
})

describe('an exchange after a restart', () => {
  it('lists whom it listed, and still knows what it was told once', () => {
    const before = makeExchange()
    for (const one of [anna, ben, cleo]) before.report(one, attacker)
    before.report(anna, '45.83.0.10')
    for (const records of [before.written, before.exchange.records()]) {
      const { common, report, exchange } = makeExchange({ records })
      expect(common()).toEqual([attacker])
      expect(exchange.reporters()[0]).toMatchObject({ name: 'anna', addresses: 2 })
      expect(report(anna, attacker)).toEqual({ kind: 'refused', reason: 'replayed' })
      report(ben, '45.83.0.10')
      report(cleo, '45.83.0.10')
      expect(common()).toEqual([attacker, '45.83.0.10'])
    }
  })

  it('goes on disbelieving a reporter that named protected addresses, until it is pardoned', () => {
    const before = makeExchange()
    for (const one of [anna, ben, cleo]) before.report(one, attacker)
    for (let i = 0; i < maxProtectedReports; i += 1) before.report(cleo, '93.184.216.34')
    expect(before.common()).toEqual([])
    const after = makeExchange({ records: before.written })
    expect(after.common()).toEqual([])
    expect(after.report(cleo, '45.83.0.10')).toEqual({ kind: 'refused', reason: 'suspended' })
    after.exchange.pardon('cleo')
    const last = makeExchange({ records: [...before.written, ...after.written] })
    expect(last.exchange.reporters()[2]).toMatchObject({ name: 'cleo', addresses: 0, suspended: false })
    expect(last.report(cleo, attacker)).toEqual({ kind: 'taken' })
    expect(last.common()).toEqual([attacker])
  })

  it('forgets what is too old by now, and what reporters said that it does not know any more', () => {
    const before = makeExchange()
    for (const one of [anna, ben, cleo]) before.report(one, attacker)
    const old = before.written.map((record) =>
      record.op === 'report' ? { ...record, atMs: record.atMs - 86_400_001 } : record,
    )
    expect(makeExchange({ records: old }).exchange.records()).toEqual([])
    const { common, exchange } = makeExchange({ records: before.written, without: 'ben' })
    expect([common(), exchange.records().length]).toEqual([[], 2])
  })

  it('keeps its bounds whatever the file holds', () => {
    const records = Array.from({ length: maxAddressesOfReporter + 5 }, (_, i): ExchangeRecord => {
      return {
        op: 'report',
        reporter: 'anna',
        value: `45.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
        atMs: Date.UTC(2026, 0, 1),
      }
    })
    expect(makeExchange({ records }).exchange.reporters()[0]?.addresses).toBe(maxAddressesOfReporter)
  })

  it('reads its file, and leaves out what is torn or foreign', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sf-exchange-'))
    const path = join(folder, 'exchange.ndjson')
    const good = [
      '{"op":"report","reporter":"anna","value":"45.83.0.9","atMs":1}',
      '{"op":"protected","reporter":"anna","count":3}',
      '{"op":"pardon","reporter":"anna"}',
    ]
    const bad = [
      '{"op":"report","reporter":"anna","value":"45.83.0.9;","atMs":1}',
      '{"op":"report","reporter":"anna","value":"45.83.0.9","atMs":-1}',
      '{"op":"protected","reporter":"anna","count":"3"}',
      '{"op":"pardon"}',
      '[]',
      good[0]?.slice(0, 30),
    ]
    writeFileSync(path, [...good, ...bad].join('\n'))
    expect([...readExchangeLog(path)].map((record) => JSON.stringify(record))).toEqual([
      '{"op":"report","reporter":"anna","value":"45.83.0.9","atMs":1}',
      '{"op":"protected","reporter":"anna","count":3}',
      '{"op":"pardon","reporter":"anna"}',
    ])
    rmSync(folder, { recursive: true })
  })
})

describe('an exchange that is full', () => {
  it('has room again when reports are over, without anybody reading its list', () => {
    const records = Array.from({ length: maxAddressesOfReporter }, (_, i): ExchangeRecord => {
      const value = `45.${i >> 16}.${(i >> 8) & 255}.${i & 255}`
      return { op: 'report', reporter: 'anna', value, atMs: Date.UTC(2026, 0, 1) }
    })
    const { report, state } = makeExchange({ records })
    expect(report(anna, attacker)).toEqual({ kind: 'refused', reason: 'too-many' })
    state.now += 86_400_001
    expect(report(anna, attacker)).toEqual({ kind: 'taken' })
  })
})
