import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, freePorts, program, sevenfold, until } from './running-demo.ts'

const attack = '/?q=%27%20UNION%20SELECT%20password%20FROM%20users--'

// What a person does with a service of their own: init, up, look, enforce.
describe('a service of your own', () => {
  let folder: string
  let config: string
  let service: Server
  let up: ChildProcess
  let site: string
  let printed = ''

  const edit = (change: (text: string) => string): void =>
    writeFileSync(config, change(readFileSync(config, 'utf8')))

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sf-'))
    config = join(folder, 'sevenfold.yaml')
    service = createServer(
      (request, response) =>
        void response.end(`hello ${request.headers['x-sevenfold-trace'] === undefined ? 'unseen' : 'seen'}`),
    )
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
    const { port } = service.address() as AddressInfo
    const [sitePort = 0, consolePort = 0, apiPort = 0] = await freePorts(3)
    site = `http://127.0.0.1:${sitePort}`
    const init = await sevenfold(
      'init',
      '--upstream',
      `http://127.0.0.1:${port}`,
      '--listen',
      `127.0.0.1:${sitePort}`,
      '--name',
      'hello',
      '--config',
      config,
    )
    expect(init).toMatchObject({ code: 0, stderr: '' })
    edit(
      (text) =>
        `${text.replace('detection:\n', `detection:\n  api: { listen: "127.0.0.1:${apiPort}" }\n`)}admin: { console: { listen: "127.0.0.1:${consolePort}" } }\nedge: { workers: 1 }\n`,
    )
    up = spawn(process.execPath, [program, 'up', '--config', config], { stdio: ['ignore', 'pipe', 'pipe'] })
    up.stdout?.setEncoding('utf8').on('data', (text: string) => (printed += text))
    up.stderr?.setEncoding('utf8').on('data', (text: string) => (printed += text))
    await until('it is ready', () => {
      if (up.exitCode !== null) throw new Error(printed)
      return printed.includes('Ctrl-C stops everything') ? true : undefined
    })
  }, 60_000)
  afterAll(async () => {
    if (up.exitCode === null) {
      const closed = new Promise((resolve) => up.once('close', resolve))
      up.kill('SIGINT')
      await closed
    }
    service.closeAllConnections()
    await new Promise((resolve) => service.close(resolve))
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }, 30_000)

  it('is served, and nothing is stopped at first', async () => {
    expect(await ask(`${site}/`)).toMatchObject({ status: 200, body: 'hello seen' })
    expect((await ask(`${site}${attack}`)).status).toBe(200)
    const shown = await until('the event is there', async () => {
      const { stdout } = await sevenfold('events', '--kind', 'block', '--config', config)
      return stdout === '' ? undefined : stdout
    })
    expect(shown).toContain('[would block: waf')
  })

  it('is protected after the mode was changed in the file and reloaded', async () => {
    edit((text) => text.replace('    mode: monitor', '    mode: enforce'))
    expect(await sevenfold('reload', '--config', config)).toEqual({
      stdout: 'the configuration is in force\n',
      stderr: '',
      code: 0,
    })
    expect((await ask(`${site}${attack}`)).status).toBe(403)
    expect((await ask(`${site}/`)).status).toBe(200)
  })

  it('goes on as before when the file is faulty', async () => {
    const good = readFileSync(config, 'utf8')
    edit((text) => text.replace('    mode: enforce', '    mode: of').replace('upstream:', 'upsteam:'))
    const reload = await sevenfold('reload', '--config', config, '--data', join(folder, '.sevenfold'))
    expect(reload.code).toBe(1)
    expect(reload.stderr).toContain('unknown key "upsteam" in sites[0]')
    expect((await ask(`${site}${attack}`)).status).toBe(403)
    writeFileSync(config, good)
  })

  it('can be let through for a while, and the act is recorded', async () => {
    expect(
      (
        await sevenfold(
          'mode',
          'edge',
          'monitor',
          '--site',
          'hello',
          '--reason',
          'a test',
          '--config',
          config,
        )
      ).code,
    ).toBe(0)
    await until('attacks pass', async () =>
      (await ask(`${site}${attack}`)).status === 200 ? true : undefined,
    )
    await until('the act is in the ledger', async () => {
      const { stdout } = await sevenfold('events', '--kind', 'admin', '--json', '--config', config)
      return stdout.includes('"reason":"a test"') ? true : undefined
    })
  })
})
