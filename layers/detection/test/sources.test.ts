import { createSocket } from 'node:dgram'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder, startDockerEngine } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { lineTaker, originOf, sourceName } from '../src/sources/line-taker.ts'
import type { SourceConfig } from '../src/sources/line-taker.ts'
import { ask, followLive, startHouse } from './house.ts'
import type { House } from './house.ts'

let folder: TemporaryFolder
let house: House | undefined
beforeEach(() => {
  folder = createTemporaryFolder()
})
afterEach(async () => {
  await house?.stop()
  house = undefined
  folder.remove()
})

const attacker = '45.83.0.9'
const login = (peer: string): string =>
  JSON.stringify({
    event: 'login',
    time: new Date().toISOString(),
    peer,
    user: 'ann',
    outcome: 'failure',
    trace: '',
  })
const logins = (peer = attacker): readonly string[] => Array.from({ length: 12 }, () => login(peer))

/** Starts the layer with one source and waits until what it reads leads to a ban. */
async function bans(source: object, feed: (port: number) => void | Promise<void>): Promise<void> {
  house = await startHouse(folder.path, { sources: [{ format: 'json-access', labels: {}, ...source }] })
  const live = await followLive(house.socket)
  const status = JSON.parse((await ask(house.socket, { path: '/v1/status' })).body) as {
    sources: { port: number }[]
  }
  await feed(status.sources[0]?.port ?? 0)
  const delta = await live.until(({ add }) => add.length > 0)
  expect(delta.add[0]).toMatchObject({ value: attacker, scope: 'ip' })
  live.close()
}

const listen = { host: '127.0.0.1', port: 0 }

describe('a ban follows from what is read from', () => {
  it('a file', async () => {
    const file = join(folder.path, 'app.log')
    writeFileSync(file, '')
    await bans({ file }, () => appendFileSync(file, `${logins().join('\n')}\n`))
  })

  it('syslog over TCP', async () => {
    await bans({ syslog: { listen, protocol: 'tcp', from: ['127.0.0.0/8'] } }, (port) => {
      const socket = connect(port, '127.0.0.1')
      socket.end(
        logins()
          .map((text) => `<134>${new Date().toISOString()} web1 shop[7]: ${text}\n`)
          .join(''),
      )
    })
  })

  it('syslog over UDP', async () => {
    await bans({ syslog: { listen, protocol: 'udp', from: [] } }, async (port) => {
      const socket = createSocket('udp4')
      for (const text of logins()) {
        await new Promise<void>((resolve) =>
          socket.send(`<134>1 - web1 shop 7 - - ${text}`, port, '127.0.0.1', () => resolve()),
        )
      }
      socket.close()
    })
  })

  it('HTTP push', async () => {
    const secret = 'a-long-enough-secret'
    const key = join(folder.path, 'push.key')
    writeFileSync(key, secret, { mode: 0o600 })
    await bans(
      { http: { listen, path: '/logs', key: { file: key }, maxSizeBytes: 65_536 } },
      (port) =>
        new Promise<void>((resolve, reject) => {
          const call = request(
            {
              port,
              host: '127.0.0.1',
              method: 'POST',
              path: '/logs',
              headers: { 'x-api-key': secret },
              agent: false,
            },
            (answer) => {
              answer.resume()
              expect(answer.statusCode).toBe(200)
              resolve()
            },
          )
          call.on('error', reject)
          call.end(logins().join('\n'))
        }),
    )
  })

  it('the output of a container', async () => {
    const engine = await startDockerEngine(join(folder.path, 'docker.sock'))
    const id = 'a'.repeat(64)
    engine.run({ id, name: 'shop-1' })
    await bans({ docker: { socket: engine.socketPath, containers: ['shop-*'] } }, () => {
      const time = new Date(Date.now() + 1_000).toISOString()
      for (const text of logins()) engine.write(id, time, text)
    })
    await house?.stop()
    house = undefined
    await engine.close()
  })
})

it('a source that cannot be opened is reported and leaves the others to be read', async () => {
  const file = join(folder.path, 'app.log')
  writeFileSync(file, '')
  house = await startHouse(folder.path, {
    sources: [
      {
        format: 'nginx',
        labels: {},
        http: { listen, path: '/', key: { file: join(folder.path, 'none.key') }, maxSizeBytes: 1_024 },
      },
      { format: 'nginx', labels: {}, file },
    ],
  })
  const status = JSON.parse((await ask(house.socket, { path: '/v1/status' })).body) as {
    sources: { source: string }[]
  }
  expect(status.sources.map(({ source }) => source)).toEqual([file])
  expect(house.log.lines.some(({ event }) => event === 'source-unreadable')).toBe(true)
})

it('scenarios that a network sensor covers are named in the status, and stay on', async () => {
  const hub = join(folder.path, 'hub')
  mkdirSync(join(hub, 'scenarios'), { recursive: true })
  writeFileSync(
    join(hub, 'scenarios', 'ssh-bf.yaml'),
    'type: trigger\nname: crowdsecurity/ssh-bf\ndescription: x\nfilter: "true"\nlabels: {}\n',
  )
  const file = join(folder.path, 'notice.log')
  writeFileSync(file, '')
  house = await startHouse(folder.path, {
    hub: { folder: hub, collections: [], edgeEvents: false },
    sources: [{ file, type: 'zeek', labels: {} }],
  })
  const status = JSON.parse((await ask(house.socket, { path: '/v1/status' })).body) as {
    covered: object[]
    hub: { scenarios: { name: string; disabled: boolean }[] }
  }
  expect(status.covered).toMatchObject([{ scenario: 'crowdsecurity/ssh-bf', sensor: 'zeek' }])
  expect(status.hub.scenarios).toMatchObject([{ name: 'crowdsecurity/ssh-bf', disabled: false }])
})

const source = (change: Partial<SourceConfig>): SourceConfig => ({ labels: {}, ...change })

it('a source is named by where it is from', () => {
  expect(sourceName(source({ file: '/var/log/a' }))).toBe('/var/log/a')
  expect(sourceName(source({ journald: { filters: [] } }))).toBe('journald')
  expect(
    sourceName(source({ syslog: { listen: { host: '::1', port: 5 }, protocol: 'udp', from: [] } })),
  ).toBe('syslog ::1:5')
  expect(originOf(source({ docker: { socket: 's', containers: [] } }))).toBe('docker')
})

it('lines go to hub rules as they are, with their kind of source, and to our own without the head of syslog', () => {
  const [hubLines, ownLines]: [unknown[], string[]] = [[], []]
  const judges = {
    hub: { takeLine: (text: string, hub: object) => hubLines.push([text, hub]) > 0 },
    judge: { takeLine: (text: string) => ownLines.push(text) > 0 },
  } as unknown as Parameters<typeof lineTaker>[1] // the two methods that are used
  const take = lineTaker(
    source({ journald: { filters: [] }, format: 'nginx', type: 'syslog', site: 'shop' }),
    judges,
    () => 0,
  )
  const line = '2026-01-02T03:04:05.000006+00:00 web1 nginx[42]: 192.0.2.1 - - "GET / HTTP/1.1"'
  expect(take(line, 'nginx.service')).toBe(true)
  expect(ownLines).toEqual(['192.0.2.1 - - "GET / HTTP/1.1"'])
  expect(hubLines).toEqual([
    [
      line,
      { file: 'nginx.service', labels: new Map([['type', 'syslog']]), module: 'journalctl', site: 'shop' },
    ],
  ])
  lineTaker(
    source({ syslog: { listen, protocol: 'udp', from: [] }, format: 'nginx' }),
    judges,
    () => 0,
  )('Feb  5 17:32:18 h app: x: y', '')
  expect(ownLines[1]).toBe('x: y')
})
