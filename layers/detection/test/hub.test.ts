import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLogSource } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask, createTemporaryFolder, followLive, startHouse, startWriter } from './house.ts'
import type { House, LiveFollower } from './house.ts'

const files: Readonly<Record<string, string>> = {
  'parsers/s00-raw/own/plain.yaml': `
name: own/plain
filter: "true"
onsuccess: next_stage
statics:
  - { parsed: message, expression: evt.Line.Raw }
  - { parsed: program, expression: evt.Line.Labels.type }
`,
  'parsers/s01-parse/own/door.yaml': `
name: own/door
filter: evt.Parsed.program == 'door'
onsuccess: next_stage
grok:
  pattern: '^%{WORD:what} at the door from %{IP:source_ip}'
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
leakspeed: 10s
labels: { remediation: true, label: Knocking, classification: [attack.T1110] }
`,
  'scenarios/own/missing.yaml': `
type: trigger
name: own/missing
description: asks the edge for what is not there
filter: "evt.Parsed.program == 'sevenfold-edge' && evt.Meta.http_status == '404' && any(File('bad.txt'), {evt.Parsed.request endsWith #})"
groupby: evt.Meta.source_ip
labels: { remediation: true }
`,
  'scenarios/own/broken.yaml': `
type: leaky
name: own/broken
description: has a key that nobody knows
filter: evt.Meta.log_type ==
groupby: evt.Meta.source_ip
capcity: 3
leakspeed: 10s
`,
}

describe('hub rules in the detection layer', () => {
  let folder: TemporaryFolder
  const closing: (() => Promise<void> | void)[] = []

  beforeEach(() => {
    folder = createTemporaryFolder()
    const hub = join(folder.path, 'hub')
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(hub, name, '..'), { recursive: true })
      writeFileSync(join(hub, name), text)
    }
    mkdirSync(join(hub, 'data'), { recursive: true })
    writeFileSync(join(hub, 'data', 'bad.txt'), '# one a line\nsecret.zip\n')
  })

  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close()
    folder.remove()
  })

  async function start(sources: readonly object[] = []): Promise<House & { live: LiveFollower }> {
    const hub = { folder: join(folder.path, 'hub'), collections: [], edgeEvents: true }
    const house = await startHouse(folder.path, { hub, sources })
    closing.push(() => house.stop())
    const live = await followLive(house.socket)
    closing.push(() => live.close())
    return { ...house, live }
  }

  it('bans by a scenario over a followed log of a type', async () => {
    const source = createLogSource(join(folder.path, 'door.log'))
    const house = await start([{ file: source.path, type: 'door', labels: {}, site: 'shop' }])
    source.write('hello at the door from 198.18.4.8')
    for (let i = 0; i < 4; i += 1) source.write('knock at the door from 198.18.4.7')
    const delta = await house.live.until(({ add }) => add.length > 0)
    expect(delta.add).toEqual([
      expect.objectContaining({ scope: 'ip', value: '198.18.4.7', scenario: 'own/knocking' }),
    ])
    const { body } = await ask(house.socket, { path: '/v1/status' })
    const status = JSON.parse(body) as { hub: object }
    expect(status.hub).toMatchObject({ lines: 5, overflows: 1, unparsed: 0, disabled: 0 })
  })

  it('judges what the edge sees without a line being parsed', async () => {
    const house = await start()
    const edge = await startWriter(folder.path)
    closing.push(() => edge.stop())
    edge.emit(
      edge.events.access({
        site: 'shop',
        requestId: 'r1',
        clientAddress: '198.18.4.9',
        method: 'GET',
        path: '/backup/secret.zip',
        httpVersion: '1.1',
        status: 404,
      }),
    )
    const delta = await house.live.until(({ add }) => add.length > 0)
    expect(delta.add[0]).toMatchObject({ value: '198.18.4.9', scenario: 'own/missing' })
  })

  it('leaves out a rule that cannot be used, says where, and loads the others', async () => {
    const { log } = await start()
    const said = log.lines.filter(({ event }) => event === 'rule-left-out')
    expect(said.map(({ fields }) => fields['place'])).toEqual([
      'scenarios/own/broken.yaml:7:1',
      'scenarios/own/broken.yaml:2:1',
    ])
  })
})
