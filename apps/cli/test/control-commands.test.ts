import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyConfig, compileConfig, configDigest, configText, readConfig } from '@sevenfold/config'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acceptor } from '../src/up/acceptor.ts'
import { writeState } from '../src/up/state-file.ts'
import type { PartStatus } from '../src/up/state-file.ts'
import { call } from './call.ts'

interface Asked {
  readonly op: string
  readonly mode?: string
  readonly site?: string
  readonly reason?: string
}

let folder: string
let data: string
let servers: Server[] = []
let asked: Asked[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-cli-'))
  data = join(folder, '.sevenfold')
  asked = []
})
afterEach(async () => {
  for (const server of servers) await new Promise((resolve) => server.close(resolve))
  servers = []
  rmSync(folder, { recursive: true, force: true })
})

/** A part's control socket that answers as a test says. */
async function controlOf(part: string, answer: (request: Asked) => unknown): Promise<void> {
  mkdirSync(join(data, part), { recursive: true })
  const server = createServer((socket) => {
    socket.setEncoding('utf8')
    socket.once('data', (line: string) => {
      const request = JSON.parse(line) as Asked & { id: string }
      asked.push(request)
      const result = answer(request)
      const body =
        result instanceof Error
          ? { ok: false, error: { code: 'CONTROL_X', message: result.message } }
          : { ok: true, result }
      socket.end(typeof result === 'string' ? result : `${JSON.stringify({ id: request.id, ...body })}\n`)
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(join(data, part, 'control.sock'), resolve))
}

const part = (name: string, state = 'ready'): PartStatus => ({
  name,
  state,
  pid: process.pid,
  restarts: 0,
  listening: [{ name, url: 'http://127.0.0.1:1' }],
})
const running = (...parts: PartStatus[]): void =>
  writeState(data, { v: 1, pid: process.pid, started: '2026-01-01T00:00:00.000Z', demo: false, parts })

describe('mode', () => {
  it('asks the part, with site and reason', async () => {
    await controlOf('edge', () => ({ from: 'enforce', to: 'monitor' }))
    const printed = await call(['mode', 'edge', 'monitor', '--site', 'shop', '--reason', 'why'], folder)
    expect(printed).toEqual({ stdout: 'edge on shop: monitor\n', stderr: '', code: 0 })
    expect(asked).toMatchObject([{ op: 'mode', mode: 'monitor', site: 'shop', reason: 'why' }])
  })

  it('shows a refusal with its code', async () => {
    await controlOf('edge', () => new Error('no such site'))
    expect(await call(['mode', 'edge', 'off', '--site', 'x'], folder)).toEqual({
      stdout: '',
      stderr: 'sevenfold: error: edge refused: no such site\nhint: code CONTROL_X\n',
      code: 1,
    })
  })

  it('takes an answer that is no answer for none', async () => {
    await controlOf('edge', () => 'what?\n')
    expect((await call(['mode', 'edge', 'off'], folder)).code).toBe(3)
  })
})

describe('reload', () => {
  it('asks the supervisor', async () => {
    await controlOf('supervisor', () => ({ config: 'x' }))
    expect(await call(['reload'], folder)).toEqual({
      stdout: 'the configuration is in force\n',
      stderr: '',
      code: 0,
    })
    expect(asked).toMatchObject([{ op: 'reload' }])
  })
})

describe('status', () => {
  it('shows mode and canary of every part that runs', async () => {
    running(part('edge'), part('shop'))
    await controlOf('edge', () => ({ heartbeat: { mode: 'enforce' }, canaryState: 'ok' }))
    const { stdout, code } = await call(['status'], folder)
    expect(stdout).toMatch(/^PART +STATE +MODE +CANARY/)
    expect(stdout).toMatch(/^edge +ready +enforce +ok +0 /m)
    expect(stdout).toMatch(/^shop +ready +- +- +0 /m)
    expect(code).toBe(0)
  })

  it('ends with 1 when a part does not run or does not answer', async () => {
    running(part('edge', 'waiting'))
    expect(await call(['status'], folder)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^edge +waiting /m),
    })
    running(part('edge'))
    expect(await call(['status'], folder)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('no answer'),
    })
  })

  it('gives JSON with the memory of each process', async () => {
    running(part('ledger', 'waiting'))
    const { stdout } = await call(['status', '--json'], folder)
    expect(JSON.parse(stdout)).toMatchObject({
      data,
      demo: false,
      parts: [{ name: 'supervisor' }, { name: 'ledger', state: 'waiting' }],
    })
  })
})

describe('acceptor', () => {
  const compiled = (yaml: string) => {
    const read = readConfig(`version: 1\n${yaml}`, 'x')
    if (!read.ok) throw new Error('refused')
    return { ...compileConfig(read.config, folder), dataDir: data }
  }
  const digests = (yaml: string, name: 'edge' | 'console'): string =>
    configDigest(configText(compiled(yaml).parts[name]))
  const supervisorOf = (restarted: string[], state = 'ready') => ({
    start: async () => undefined,
    stop: async () => undefined,
    status: () => [part('edge', state), part('console', state)],
    restart: async (name: string) => void restarted.push(name),
  })

  it('lets the edge change in place and starts others again, and looks whether they took it', async () => {
    await applyConfig(compiled(''), async () => undefined)
    const yaml = 'edge: { paranoia: 2 }\nadmin: { console: { sessionIdle: 5m } }'
    await controlOf('edge', ({ op }) =>
      op === 'status' ? { heartbeat: { config: digests(yaml, 'edge') } } : {},
    )
    await controlOf('console', () => ({ heartbeat: { config: digests(yaml, 'console') } }))
    const restarted: string[] = []
    const applied = await applyConfig(compiled(yaml), acceptor(data, supervisorOf(restarted)))
    expect(applied).toEqual({ ok: true, changed: ['edge', 'console'] })
    expect(restarted).toEqual(['console'])
    expect(asked.map(({ op }) => op)).toEqual(['reload', 'status', 'status'])
  })

  it('does not believe a part that went on with what it had', async () => {
    await applyConfig(compiled(''), async () => undefined)
    await controlOf('console', () => ({ heartbeat: { config: digests('', 'console') } }))
    const applied = await applyConfig(
      compiled('admin: { console: { sessionIdle: 5m } }'),
      acceptor(data, supervisorOf([])),
    )
    expect(applied).toMatchObject({
      ok: false,
      part: 'console',
      reason: expect.stringContaining('last good'),
    })
  })

  it('gives the reason of a part that refuses', async () => {
    await applyConfig(compiled(''), async () => undefined)
    await controlOf('edge', () => new Error('no such rule'))
    const applied = await applyConfig(compiled('edge: { paranoia: 2 }'), acceptor(data, supervisorOf([])))
    expect(applied).toMatchObject({ ok: false, part: 'edge', reason: 'edge refused: no such rule' })
  })

  it('leaves a part that does not run alone: it reads its configuration when it starts', async () => {
    mkdirSync(data, { recursive: true })
    writeFileSync(join(data, 'x'), '')
    expect(await acceptor(data, supervisorOf([], 'waiting'))('edge')).toBeUndefined()
  })
})
