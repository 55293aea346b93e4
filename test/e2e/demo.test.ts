import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RunningDemo, ask, isAlive, sevenfold, until } from './running-demo.ts'
import type { Status } from './running-demo.ts'

const attack = '/search?q=%27%20UNION%20SELECT%20name,%20password%20FROM%20users--'
/** Bytes of all parts but the database and alerts, and of alerts. */
const most = { house: 600_000_000, alerts: 70_000_000 }

const pidsOf = (status: Status): number[] =>
  status.parts.flatMap(({ processes }) => processes.map(({ pid }) => pid))

describe('the demo', () => {
  let demo: RunningDemo
  let site: string
  beforeAll(async () => {
    demo = await RunningDemo.start('--ban-duration', '5s')
    site = demo.url('shop')
  }, 60_000)
  afterAll(async () => await demo.clean(), 30_000)

  it('serves the shop through the edge', async () => {
    const { status, body, headers } = await ask(`${site}/`)
    expect(status).toBe(200)
    expect(body).toContain('<html')
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('prints the site, then the console, and keeps the link out of what is no terminal', async () => {
    const line = demo.printed.stdout.split('\n', 1)[0] ?? ''
    expect(line.indexOf('shop')).toBeLessThan(line.indexOf('console'))
    expect(demo.printed.stdout).not.toContain('#login=')
    const file = join(demo.dataDir, 'console', 'link')
    expect(readFileSync(file, 'utf8')).toContain('#login=')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(demo.printed.stderr).toContain('one user runs every part')
  })

  it('blocks an attack, explains it by its id, and has it in the ledger and in the live view', async () => {
    const answer = await ask(`${site}${attack}`, { from: '127.0.0.21' })
    const id = String(answer.headers['x-request-id'])
    expect(answer.status).toBe(403)
    expect(answer.body).toContain(id)
    const why = await until('the ledger has the event', async () => {
      const found = await sevenfold('why', id, '--data', demo.dataDir)
      return found.code === 0 ? found : undefined
    })
    expect(why.stdout).toContain('judged  block by waf')
    expect(why.stdout).toContain('from    127.0.0.21')
    expect(why.stdout).toMatch(/^STEP +VERDICT/m)
    const segments = join(demo.dataDir, 'ledger', 'segments')
    expect(
      readdirSync(segments).some((name) => readFileSync(join(segments, name), 'utf8').includes(id)),
    ).toBe(true)
    await until('the live view shows it', () => (demo.printed.stdout.includes(`id ${id}`) ? true : undefined))
    expect(
      (await sevenfold('events', '--kind', 'block', '--source', '127.0.0.21', '--data', demo.dataDir)).stdout,
    ).toContain(id)
  })

  it('bans an address after thirty bad requests, shows the ban, and lets it expire', async () => {
    const from = '127.0.0.22'
    for (let count = 0; count < 30; count += 1) await ask(`${site}/nothing-${count}`, { from })
    await until('the ban is enforced', async () =>
      (await ask(`${site}/`, { from })).status === 403 ? true : undefined,
    )
    const list = async (): Promise<string> =>
      (await sevenfold('decisions', 'list', '--data', demo.dataDir)).stdout
    expect(await list()).toContain(from)
    expect((await ask(`${site}/`, { from: '127.0.0.23' })).status).toBe(200)
    await until('the ban has expired', async () =>
      (await ask(`${site}/`, { from })).status === 200 ? true : undefined,
    )
    await until('the ban is no longer listed', async () => ((await list()).includes(from) ? undefined : true))
  })

  it('takes a ban by hand and gives it up again', async () => {
    const from = '127.0.0.24'
    expect(
      (
        await sevenfold(
          'decisions',
          'add',
          from,
          '--duration',
          '1h',
          '--reason',
          'test',
          '--data',
          demo.dataDir,
        )
      ).code,
    ).toBe(0)
    await until('the ban is enforced', async () =>
      (await ask(`${site}/`, { from })).status === 403 ? true : undefined,
    )
    expect((await sevenfold('decisions', 'delete', from, '--data', demo.dataDir)).stdout).toBe(
      'deleted 1 decision\n',
    )
    await until('the ban is gone', async () =>
      (await ask(`${site}/`, { from })).status === 200 ? true : undefined,
    )
  })

  it('shows every part ready, and their memory within the limit', async () => {
    const status = await demo.status()
    expect(status.parts.map(({ name, state }) => [name, state])).toEqual(
      ['supervisor', 'shop', 'ledger', 'collector', 'alerts', 'detection', 'edge', 'console'].map((name) => [
        name,
        'ready',
      ]),
    )
    if (status.rssBytes === 0) return // no /proc
    const alerts = status.parts.find(({ name }) => name === 'alerts')
    const own = alerts?.processes.reduce((sum, { rssBytes }) => sum + rssBytes, 0) ?? 0
    expect(own).toBeLessThan(most.alerts)
    expect(status.rssBytes - own).toBeLessThan(most.house)
  })

  it('keeps a ledger that verifies while it runs', async () => {
    expect((await sevenfold('ledger', 'verify', '--data', demo.dataDir)).stdout).toMatch(/^fine: \d+ entries/)
  })

  it('starts a killed part again, and goes on serving meanwhile', async () => {
    const killed =
      (await demo.status()).parts.find(({ name }) => name === 'detection')?.processes[0]?.pid ?? 0
    process.kill(killed, 'SIGKILL')
    expect((await ask(`${site}/`)).status).toBe(200)
    await until('detection runs again', async () => {
      const part = (await demo.status()).parts.find(({ name }) => name === 'detection')
      return part?.state === 'ready' && part.processes[0]?.pid !== killed ? true : undefined
    })
    expect(demo.printed.stderr).toContain('detection was killed by SIGKILL; it starts again in 250 ms')
  })

  it('refuses a second supervisor on its data folder, and names the first', async () => {
    const second = await sevenfold(
      'up',
      '--demo',
      '--data',
      demo.dataDir,
      '--port',
      '0',
      '--console-port',
      '0',
      '--api-port',
      '0',
      '--shop-port',
      '0',
    )
    expect(second.code).toBe(3)
    expect(second.stderr).toContain(
      `another supervisor (process ${demo.pid}) runs on the data folder ${demo.dataDir}`,
    )
    expect((await ask(`${site}/`)).status).toBe(200)
  })

  it('says which port is taken and how to choose another one', async () => {
    const { port } = new URL(site)
    const second = await sevenfold(
      'up',
      '--demo',
      '--data',
      `${demo.dataDir}-2`,
      '--port',
      port,
      '--console-port',
      '0',
      '--api-port',
      '0',
      '--shop-port',
      '0',
    )
    expect(second).toMatchObject({ code: 3 })
    expect(second.stderr).toContain(
      `port ${port} for the site shop is taken by another program\nhint: stop that program, or use another one: --port 7800`,
    )
  })

  it('stops everything within five seconds of Ctrl-C and leaves no process', async () => {
    const pids = pidsOf(await demo.status())
    expect(pids.length).toBeGreaterThan(6)
    const { code, ms } = await demo.end('SIGINT')
    expect(code).toBe(0)
    expect(ms).toBeLessThan(5000)
    expect(pids.filter(isAlive)).toEqual([])
  })
})

describe('a supervisor that is killed', () => {
  it('leaves no process behind, and the next one starts on the same folder', async () => {
    const demo = await RunningDemo.start()
    try {
      const pids = pidsOf(await demo.status())
      await demo.end('SIGKILL')
      await until('every process has ended', () => (pids.some(isAlive) ? undefined : true))
    } finally {
      await demo.clean()
    }
  }, 60_000)
})
