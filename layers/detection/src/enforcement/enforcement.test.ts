import { readFileSync, writeFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { uuidV7 } from '@sevenfold/event'
import { createFakeClock, createMemoryLog, createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { DecisionStore } from '../decisions/decision-store.ts'
import type { DecisionWish } from '../decisions/decision-store.ts'
import { BanView } from './ban-view.ts'
import type { BanChange } from './ban-view.ts'
import { CustomCommand } from './custom-command.ts'
import { Enforcement, checkEveryMs, gatherMs, retryMs } from './enforcement.ts'
import type { Enforcer } from './enforcer.ts'
import { MapFile, cidrsOf, mapText } from './map-file.ts'
import { nftRemove, nftReplace, nftUpdate } from './nft-script.ts'
import { Nftables } from './nftables.ts'
import { runProgram } from './run-program.ts'

const start = 1_000_000
const wish = (value: string, change: Partial<DecisionWish> = {}): DecisionWish => ({
  type: 'ban',
  scope: value.includes('/') ? 'range' : 'ip',
  value,
  untilMs: start + 3_600_000,
  origin: 'test',
  scenario: 'test/scenario',
  simulated: false,
  ...change,
})

function bench(wishes: readonly DecisionWish[] = []) {
  const clock = createFakeClock(start)
  const store = new DecisionStore({
    now: () => clock.now(),
    newUuid: uuidV7,
    journal: { append: () => undefined },
  })
  store.addAll(wishes)
  return { clock, store, view: new BanView(store) }
}

describe('decisions as an address filter sees them', () => {
  it('are one ban for each address, the longest, without what is simulated or allowed', () => {
    const { view, store } = bench([
      wish('192.0.2.1'),
      wish('192.0.2.1', { untilMs: start + 9_000_000, type: 'captcha' }),
      wish('192.0.2.2', { simulated: true }),
      wish('192.0.2.3'),
      wish('192.0.2.3', { type: 'allow' }),
      wish('192.0.2.4'),
      wish('192.0.2.4/31', { type: 'allow' }),
      wish('FR', { scope: 'country' }),
      wish('ana', { scope: 'username' }),
    ])
    expect([...view.addresses()].map(({ address, type, untilMs }) => [address, type, untilMs])).toEqual([
      ['192.0.2.1', 'captcha', start + 9_000_000],
    ])
    const change = view.changed({ add: store.active(), remove: [] })
    expect(change.remove.toSorted()).toEqual(['192.0.2.2', '192.0.2.3', '192.0.2.4'])
    expect(change.ranges).toEqual([])
  })

  it('leave allowed addresses out of ranges', () => {
    const { view } = bench([wish('192.0.2.0/30'), wish('192.0.2.2', { type: 'allow' })])
    expect(
      view
        .ranges()
        .flatMap(cidrsOf)
        .map(({ first, prefix }) => [Number(first & 255n), prefix]),
    ).toEqual([
      [0, 31],
      [3, 32],
    ])
  })

  it('of names never become addresses', () => {
    const { view } = bench()
    expect(view.banOf('example.org; flush ruleset')).toBeUndefined()
  })
})

describe('the text for nft', () => {
  const place = { table: 'sevenfold', priority: -150 }

  it('replaces everything in one transaction', () => {
    const { view } = bench([
      wish('192.0.2.1'),
      wish('2001:db8::1'),
      wish('198.51.100.0/24'),
      wish('2001:db8:1::/48'),
    ])
    const text = nftReplace(place, { addresses: [...view.addresses()], ranges: view.ranges() }, start)
    expect(text).toContain('add table inet sevenfold\ndelete table inet sevenfold\ntable inet sevenfold {')
    expect(text).toContain('hook prerouting priority -150; policy accept;')
    expect(text).toContain('add element inet sevenfold addresses4 { 192.0.2.1 timeout 3600s }')
    expect(text).toContain('add element inet sevenfold addresses6 { 2001:db8::1 timeout 3600s }')
    expect(text).toContain('add element inet sevenfold ranges4 { 198.51.100.0-198.51.100.255 timeout 3600s }')
    expect(text).toContain('ranges6 { 2001:db8:1::-2001:db8:1:ffff:ffff:ffff:ffff:ffff timeout 3600s }')
  })

  it('changes an element whether it is there, has another end, or has timed out', () => {
    const { view, store } = bench([wish('192.0.2.1', { untilMs: start + 1 })])
    const text = nftUpdate(
      place,
      { ...view.changed({ add: store.active(), remove: [] }), remove: ['192.0.2.9'] },
      start,
    )
    expect(text).toBe(
      [
        'add element inet sevenfold addresses4 { 192.0.2.1, 192.0.2.9 }',
        'delete element inet sevenfold addresses4 { 192.0.2.1, 192.0.2.9 }',
        'add element inet sevenfold addresses4 { 192.0.2.1 timeout 1s }',
        '',
      ].join('\n'),
    )
  })

  it('is empty when nothing changed, and takes only our own table away', () => {
    expect(nftUpdate(place, { add: [], remove: [], ranges: undefined }, start)).toBe('')
    expect(nftUpdate(place, { add: [], remove: [], ranges: [] }, start)).toContain(
      'flush set inet sevenfold ranges4',
    )
    expect(nftRemove(place)).toBe('add table inet sevenfold\ndelete table inet sevenfold\n')
  })
})

describe('map files', () => {
  let folder: TemporaryFolder
  beforeEach(() => void (folder = createTemporaryFolder()))
  afterEach(() => folder.remove())
  const wishes = [
    wish('192.0.2.1'),
    wish('2001:db8::1', { type: 'captcha' }),
    wish('198.51.100.0/24'),
    wish('192.0.2.9', { type: 'x; } server { # ' }),
    wish('evil.example', { scope: 'username' }),
  ]

  it('hold parsed addresses and words, and nothing that a proxy could take for more', () => {
    const { view } = bench(wishes)
    expect(mapText('haproxy', view).split('\n').slice(1)).toEqual([
      '192.0.2.1 ban',
      '2001:db8::1 captcha',
      '192.0.2.9 ban',
      '198.51.100.0/24 ban',
      '',
    ])
    expect(mapText('nginx', view)).toContain('192.0.2.1 ban;\n2001:db8::1 captcha;\n')
  })

  it('are swapped as a whole', async () => {
    const { view } = bench(wishes)
    const file = join(folder.path, 'bans.map')
    writeFileSync(file, 'old')
    const map = new MapFile({ form: 'haproxy', file })
    await map.replace(view)
    expect(readFileSync(file, 'utf8')).toBe(mapText('haproxy', view))
    expect(readdirSync(folder.path)).toEqual(['bans.map'])
  })

  it('that cannot be written leave the old file as it is', async () => {
    const { view } = bench(wishes)
    const file = join(folder.path, 'none', 'bans.map')
    await expect(new MapFile({ form: 'nginx', file }).replace(view)).rejects.toThrow('ENOENT')
  })

  it('tell of a reload that failed', async () => {
    const { view } = bench(wishes)
    const file = join(folder.path, 'bans.map')
    const failing = new MapFile({ form: 'nginx', file, reload: [process.execPath, '-e', 'process.exit(3)'] })
    await expect(failing.replace(view)).rejects.toThrow('exited with 3')
    const slow = new MapFile({
      form: 'nginx',
      file,
      reload: [process.execPath, '-e', 'setInterval(() => 0, 1e6)'],
      reloadTimeoutMs: 50,
    })
    await expect(slow.replace(view)).rejects.toThrow('SIGKILL')
  })

  it.each([
    ['10.0.0.0', 256n, ['10.0.0.0/24']],
    ['10.0.0.1', 3n, ['10.0.0.1/32', '10.0.0.2/31']],
    ['0.0.0.0', 1n << 32n, ['0.0.0.0/0']],
  ])('spell %s and %i addresses as %j', (from, count, cidrs) => {
    const first = BigInt(from.split('.').reduce((sum, part) => sum * 256 + Number(part), 0))
    const found = cidrsOf({ family: 'ipv4', first, last: first + count - 1n })
    expect(
      found.map(
        (one) => `${[24n, 16n, 8n, 0n].map((shift) => (one.first >> shift) & 255n).join('.')}/${one.prefix}`,
      ),
    ).toEqual(cidrs)
  })
})

describe('a command of one’s own', () => {
  let folder: TemporaryFolder
  let script: string
  beforeEach(() => {
    folder = createTemporaryFolder()
    script = join(folder.path, 'note.mjs')
    writeFileSync(
      script,
      `import { appendFileSync, readFileSync } from 'node:fs'
       const [file, ...args] = process.argv.slice(2)
       appendFileSync(file, JSON.stringify({ args, input: JSON.parse(readFileSync(0, 'utf8')), env: Object.keys(process.env) }) + '\\n')
       if (args[1] === '192.0.2.66') process.exit(1)`,
    )
  })
  afterEach(() => folder.remove())
  interface Noted {
    readonly args: readonly string[]
    readonly input: { readonly value: string; readonly duration: number }
    readonly env: readonly string[]
  }
  function command(clock: { now(): number }) {
    const out = join(folder.path, 'out')
    writeFileSync(out, '')
    const custom = new CustomCommand({
      run: [process.execPath, script, out],
      timeoutMs: 10_000,
      now: () => clock.now(),
    })
    const noted = (): Noted[] =>
      readFileSync(out, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Noted)
        .toSorted((a, b) => ((a.args[1] ?? '') < (b.args[1] ?? '') ? -1 : 1))
    return { custom, noted }
  }

  it('is run once for each change, with arguments and JSON, without a shell and without our environment', async () => {
    const { view, store, clock } = bench([
      wish('192.0.2.1', { scenario: '--x; $(reboot) `id`' }),
      wish('198.51.100.0/24'),
    ])
    const { custom, noted } = command(clock)
    await custom.replace(view)
    await custom.replace(view)
    expect(noted().map(({ args }) => args)).toEqual([
      ['add', '192.0.2.1', '3600', 'x____reboot___id_'],
      ['add', '198.51.100.0/24', '3600', 'range'],
    ])
    expect(noted()[0]?.input).toMatchObject({ value: '192.0.2.1', duration: 3600 })
    expect(noted()[0]?.env.filter((name) => name !== 'PATH' && name !== 'LC_ALL')).toEqual([])
    const removed = store.removeAll([1, 2], '')
    await custom.update(view.changed({ add: [], remove: removed }))
    expect(
      noted()
        .map(({ args }) => `${args[0]} ${args[2]}`)
        .toSorted(),
    ).toEqual(['add 3600', 'add 3600', 'del -1', 'del -1'])
  })

  it('that fails is told of, and what it did not do is tried again', async () => {
    const { view, clock } = bench([wish('192.0.2.66'), wish('192.0.2.1')])
    const { custom, noted } = command(clock)
    await expect(custom.replace(view)).rejects.toThrow('1 of 2 runs failed')
    await expect(custom.replace(view)).rejects.toThrow('1 of 1 runs failed')
    expect(noted()).toHaveLength(3)
  })
})

/** An enforcer that notes what it is told and fails when told to. */
function fake() {
  const calls: string[] = []
  const will = { fail: false, intact: true }
  const act = (text: string): Promise<void> => {
    calls.push(text)
    return will.fail ? Promise.reject(new Error('no')) : Promise.resolve()
  }
  const enforcer: Enforcer = {
    name: 'fake',
    replace: (view) => act(`all ${[...view.addresses()].map(({ address }) => address).join(' ')}`),
    update: (change: BanChange) =>
      act(`+${change.add.map(({ address }) => address).join(' ')} -${change.remove.join(' ')}`),
    isIntact: () => Promise.resolve(will.intact),
    stop: () => act('stop'),
  }
  return { calls, will, enforcer }
}

describe('keeping an enforcer as the decisions are', () => {
  function keeping(wishes: readonly DecisionWish[] = []) {
    const { clock, store } = bench(wishes)
    const parts = fake()
    const states: boolean[] = []
    const enforcement = new Enforcement({
      store,
      clock,
      enforcer: parts.enforcer,
      log: createMemoryLog(),
      onState: ({ works }) => void states.push(works),
    })
    const pass = async (ms: number): Promise<void> => {
      clock.advance(ms)
      for (let i = 0; i < 20; i += 1) await Promise.resolve()
    }
    return { ...parts, store, enforcement, states, pass }
  }

  it('begins with everything and goes on with changes, gathered', async () => {
    const { calls, store, enforcement, pass } = keeping([wish('192.0.2.1')])
    await enforcement.run()
    store.add(wish('192.0.2.2'))
    store.add(wish('192.0.2.3'))
    store.remove(1, '')
    await pass(gatherMs)
    expect(calls).toEqual(['all 192.0.2.1', '+192.0.2.2 192.0.2.3 -192.0.2.1'])
    expect(enforcement.state()).toMatchObject({ name: 'fake', works: true })
  })

  it('replaces everything after a failure, with growing patience, and says when it fails and works again', async () => {
    const { calls, store, enforcement, pass, will, states } = keeping()
    await enforcement.run()
    will.fail = true
    store.add(wish('192.0.2.1'))
    await pass(gatherMs)
    await pass(retryMs.first)
    await pass(retryMs.first)
    expect(calls).toEqual(['all ', '+192.0.2.1 -', 'all 192.0.2.1'])
    will.fail = false
    await pass(retryMs.first)
    expect(calls.at(-1)).toBe('all 192.0.2.1')
    expect(states).toEqual([false, true])
  })

  it('puts back what somebody else took away', async () => {
    const { calls, enforcement, pass, will } = keeping([wish('192.0.2.1')])
    await enforcement.run()
    await pass(checkEveryMs)
    expect(calls).toHaveLength(1)
    will.intact = false
    await pass(checkEveryMs)
    expect(calls).toEqual(['all 192.0.2.1', 'all 192.0.2.1'])
  })

  it('leaves an enforcer its rest between two changes, and none after a quiet time', async () => {
    const { calls, store, enforcement, pass, enforcer } = keeping()
    Object.assign(enforcer, { restMs: 1_000 })
    await enforcement.run()
    store.add(wish('192.0.2.1'))
    await pass(999)
    expect(calls).toEqual(['all '])
    store.add(wish('192.0.2.2'))
    await pass(1)
    expect(calls).toEqual(['all ', '+192.0.2.1 192.0.2.2 -'])
    await pass(1_000)
    store.add(wish('192.0.2.3'))
    await pass(gatherMs)
    expect(calls.at(-1)).toBe('+192.0.2.3 -')
  })

  it('brings in what waits before it stops', async () => {
    const { calls, store, enforcement } = keeping()
    await enforcement.run()
    store.add(wish('192.0.2.1'))
    await enforcement.stop()
    expect(calls).toEqual(['all ', '+192.0.2.1 -', 'stop'])
  })
})

describe('a program that is run', () => {
  let folder: TemporaryFolder
  beforeEach(() => void (folder = createTemporaryFolder()))
  afterEach(() => folder.remove())

  it('has ended when it ended, whatever it left running with its output open', async () => {
    const pidFile = join(folder.path, 'pid')
    const argv = ['sh', '-c', 'sleep 600 & echo $! > "$0"', pidFile]
    await runProgram({ argv, input: '', timeoutMs: 60_000 })
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL')
  })

  it('is heard to its end when it fails', async () => {
    const argv = ['sh', '-c', 'echo why >&2; exit 3']
    await expect(runProgram({ argv, input: '', timeoutMs: 60_000 })).rejects.toThrow('exited with 3: why')
  })
})

describe('nftables without nft', () => {
  it('reports a program that is missing or refuses', async () => {
    const { view } = bench([wish('192.0.2.1')])
    const driver = (program: string): Nftables =>
      new Nftables({ table: 't', priority: -150, onStop: 'remove', now: () => start, program: [program] })
    await expect(driver('/nonexistent/nft').replace(view)).rejects.toThrow('ENOENT')
    await expect(driver('false').replace(view)).rejects.toThrow('exited with 1')
    expect(await driver('false').isIntact()).toBe(false)
    expect(await driver('true').isIntact()).toBe(true)
    await expect(driver('false').stop()).rejects.toThrow()
  })
})
