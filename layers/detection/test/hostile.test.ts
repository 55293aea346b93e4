import { spawnSync } from 'node:child_process'
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLogSource } from '@sevenfold/testkit'
import type { LogSource, TemporaryFolder } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask, createTemporaryFolder, followLive, startHouse, startWriter } from './house.ts'
import type { House, LiveFollower } from './house.ts'
import { until } from './namespaces.ts'

const rules: Readonly<Record<string, string>> = {
  'parsers/s00-raw/own/plain.yaml': `
name: own/plain
filter: "true"
onsuccess: next_stage
statics:
  - { parsed: message, expression: evt.Line.Raw }
`,
  'parsers/s01-parse/own/door.yaml': `
name: own/door
filter: "true"
onsuccess: next_stage
grok:
  pattern: '%{WORD:what} at the door from %{IP:source_ip}'
  apply_on: message
statics:
  - { meta: log_type, expression: evt.Parsed.what }
  - { meta: source_ip, expression: evt.Parsed.source_ip }
`,
  'parsers/s02-enrich/own/nothing.yaml': `
name: own/nothing
filter: "true"
statics:
  - { parsed: seen, value: "yes" }
`,
  'scenarios/own/knocking.yaml': `
type: leaky
name: own/knocking
description: knocks too often
filter: evt.Meta.log_type == 'knock'
groupby: evt.Meta.source_ip
capacity: 3
leakspeed: 1h
labels: { remediation: true }
`,
}

let folder: TemporaryFolder
const closing: (() => Promise<void> | void)[] = []
beforeEach(() => {
  folder = createTemporaryFolder()
  for (const [name, text] of Object.entries(rules)) put(name, text)
})
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
  folder.remove()
})

function put(name: string, content: string | Uint8Array): void {
  const path = join(folder.path, 'hub', name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, content)
}

interface Running {
  readonly house: House
  readonly live: LiveFollower
  readonly source: LogSource
}

async function start(change: object = {}): Promise<Running> {
  const source = createLogSource(join(folder.path, 'door.log'))
  const house = await startHouse(folder.path, {
    hub: { folder: join(folder.path, 'hub'), collections: [], edgeEvents: true },
    sources: [{ file: source.path, type: 'door', labels: {}, site: 'shop' }],
    ...change,
  })
  closing.push(() => house.stop())
  const live = await followLive(house.socket)
  closing.push(() => live.close())
  return { house, live, source }
}

/** Four knocks of one address lead to its ban: the layer sees and judges. */
async function expectJudging({ live, source }: Running, address: string): Promise<void> {
  for (let i = 0; i < 4; i += 1) source.write(`knock at the door from ${address}`)
  await live.until(({ add }) => add.some(({ value }) => value === address))
}

const status = async ({ socket }: House): Promise<Record<string, unknown>> =>
  JSON.parse((await ask(socket, { path: '/v1/status' })).body) as Record<string, unknown>

describe('hostile lines in a followed log', () => {
  const huge = 'x'.repeat(1_048_576)
  it.each<readonly [string, string | Uint8Array]>([
    ['1 MB without an end', `${huge}\n`],
    ['1 MB that begins like a good line', `knock at the door from 198.18.0.1${huge}\n`],
    ['many short lines that nobody knows', 'nothing\n'.repeat(50_000)],
    ['NULs', Buffer.from(`knock\0at the door from 198.18.0.1\0\n${'\0'.repeat(300_000)}\n`)],
    [
      'broken UTF-8',
      Buffer.from([0x6b, 0xff, 0xfe, 0xc0, 0x80, 0x20, 0xed, 0xa0, 0x80, 0x0a, 0xf0, 0x9f, 0x0a]),
    ],
    ['carriage returns and other ends', 'a\r\nb\rc\u2028d\u0085e\x1b[2J\x07\n'],
    [
      'years far off and missing',
      '9999-12-31T23:59:59Z x\n0001-01-01T00:00:00Z x\nFeb 31 25:61:61 x\nFeb 30 x\n',
    ],
    [
      'names of the prototype',
      '__proto__ at the door from constructor\nconstructor at the door from 1.2.3.4\n',
    ],
  ])('%s: nothing stops, and the next attack is a ban', { timeout: 60_000 }, async (_what, bytes) => {
    const running = await start()
    // Test logs are text; these are bytes.
    writeFileSync(running.source.path, bytes, { flag: 'a' })
    await expectJudging(running, '198.18.7.7')
    const { hub } = (await status(running.house)) as { hub: { disabled: number } }
    expect(hub.disabled).toBe(0)
  })

  it('a rotation in the middle of a line costs that line and no other', { timeout: 60_000 }, async () => {
    const running = await start()
    const { source, live } = running
    for (let i = 0; i < 3; i += 1) source.write('knock at the door from 198.18.7.7')
    writeFileSync(source.path, 'knock at the door fr', { flag: 'a' })
    renameSync(source.path, `${source.path}.1`)
    writeFileSync(source.path, 'knock at the door from 198.18.7.7\n')
    await live.until(({ add }) => add.some(({ value }) => value === '198.18.7.7'))
  })
})

describe('hostile rule files', () => {
  it('are left out with their place, whatever they are; the others work', { timeout: 60_000 }, async () => {
    put('scenarios/own/a-javascript.yaml', 'module.exports = () => { process.exit(1) }\n')
    put('scenarios/own/b-binary.yaml', Buffer.from([0, 1, 2, 0xff, 0xfe, 0x7f, 0x45, 0x4c, 0x46]))
    put('scenarios/own/c-empty.yaml', '')
    put('scenarios/own/d-long.yaml', `# ${'x'.repeat(2_000_000)}\n`)
    put(
      'scenarios/own/e-laughs.yaml',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'b: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n'.repeat(3)}`,
    )
    put('scenarios/own/f-tag.yaml', 'name: !!js/function "function () { process.exit(1) }"\n')
    put('scenarios/own/g-deep.yaml', `${'['.repeat(5_000)}\n`)
    put(
      'scenarios/own/h-call.yaml',
      (rules['scenarios/own/knocking.yaml'] ?? '').replace("'knock'", 'process.exit(1)'),
    )
    put('scenarios/own/i-type.yaml', 'type: [leaky]\nname: {a: 1}\n')
    put(
      'parsers/s01-parse/own/j-pattern.yaml',
      'name: own/j\nfilter: "true"\ngrok: { pattern: "(((((", apply_on: message }\n',
    )
    symlinkSync(join(folder.path, 'nowhere'), join(folder.path, 'hub/scenarios/own/k-dangling.yaml'))
    const hasPipe = spawnSync('mkfifo', [join(folder.path, 'hub/scenarios/own/l-pipe.yaml')]).status === 0
    symlinkSync('/dev/zero', join(folder.path, 'hub/scenarios/own/m-device.yaml'))
    mkdirSync(join(folder.path, 'hub/scenarios/own/n-folder.yaml'))
    const running = await start()
    const places = running.house.log.lines
      .filter(({ event }) => event === 'rule-left-out')
      .map(({ fields }) => String(fields['place']))
    const named = new Set(places.map((place) => /([a-n])-[a-z]+\.yaml:\d+:\d+$/.exec(place)?.[1]))
    const expected = ['a', 'b', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', ...(hasPipe ? ['l'] : []), 'm']
    expect(named).toEqual(new Set(expected))
    await expectJudging(running, '198.18.7.7')
  })

  it(
    'whose data file is a pipe or a device are without it, and nothing waits',
    { timeout: 60_000 },
    async () => {
      for (const [name, data] of Object.entries({ pipe: 'pipe.txt', device: 'device.txt' })) {
        const rule = rules['scenarios/own/knocking.yaml'] ?? ''
        put(
          `scenarios/own/${name}.yaml`,
          rule
            .replace('own/knocking', `own/${name}`)
            .replace(
              "evt.Meta.log_type == 'knock'",
              `"any(File('${data}'), {evt.Parsed.message contains #})"`,
            ),
        )
      }
      mkdirSync(join(folder.path, 'hub/data'))
      spawnSync('mkfifo', [join(folder.path, 'hub/data/pipe.txt')])
      symlinkSync('/dev/zero', join(folder.path, 'hub/data/device.txt'))
      await expectJudging(await start(), '198.18.7.7')
    },
  )
})

describe('scenarios that fail while they judge', () => {
  const failing = (filter: string): string =>
    (rules['scenarios/own/knocking.yaml'] ?? '')
      .replace('own/knocking', 'own/failing')
      .replace("filter: evt.Meta.log_type == 'knock'", `filter: ${JSON.stringify(filter)}`)

  it.each([
    ['an index beyond the list', '[1, 2][len(evt.Meta.source_ip)] == 3'],
    ['a number that is none', "Atof(evt.Parsed.what) > 0.0 && evt.Unmarshaled.a.b.c == 'x'"],
    ['a pattern from a line', 'evt.Parsed.message matches evt.Parsed.message'],
    ['a text that grows', "repeat(evt.Parsed.message, 100000000) == 'x'"],
  ])('by %s: the others go on', { timeout: 60_000 }, async (_what, filter) => {
    put('scenarios/own/failing.yaml', failing(filter))
    const running = await start()
    running.source.write('( at the door from 198.18.0.1', '(((((((( at the door from 198.18.0.2')
    await expectJudging(running, '198.18.7.7')
    await expectJudging(running, '198.18.7.8')
  })
})

describe('a flood of sources through the edge', () => {
  it(
    'of an IPv6 /32 neither fills the memory nor hides one attacker of another network',
    { timeout: 120_000 },
    async () => {
      const { house, live } = await start({ sources: [] })
      const edge = await startWriter(folder.path)
      closing.push(() => edge.stop())
      const request = (clientAddress: string, i: number): void =>
        edge.emit(
          edge.events.access({
            site: 'shop',
            requestId: `${clientAddress}-${i}`,
            clientAddress,
            method: 'GET',
            path: `/missing-${i}`,
            httpVersion: '1.1',
            status: 404,
          }),
        )
      for (let i = 0; i < 5; i += 1) request('198.18.7.7', i)
      const sources = 6_000
      for (let i = 0; i < sources; i += 1) {
        request(`2001:db8:${(i & 0xffff).toString(16)}:${(i >> 3).toString(16)}::${i.toString(16)}`, i)
        // What is written faster than the disk takes it would be lost, and declared.
        if (i % 1_000 === 0) await edge.spool.flush()
      }
      for (let i = 5; i < 30; i += 1) request('198.18.7.7', i)
      await edge.spool.flush()
      await live.until(({ add }) => add.some(({ value }) => value === '198.18.7.7'))
      const seen = async (): Promise<boolean> => Number((await status(house))['signals']) >= sources
      expect(await until(seen, 60_000)).toBe(true)
      expect((await status(house))['decisions']).toBe(1)
    },
  )
})
