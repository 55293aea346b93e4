import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBuilt, startApp } from './start-app.ts'
import type { App } from './start-app.ts'

const refused = 'callback SEVENFOLD_REFUSED'

describe.skipIf(!isBuilt)('a learned profile (needs a build)', () => {
  let folder = ''
  let path = ''

  const start = (mode: string, agentMode: string = 'enforce'): Promise<App> =>
    startApp({
      entry: 'app.cjs',
      env: {
        SEVENFOLD_RUNTIME_MODE: agentMode,
        SEVENFOLD_RUNTIME_PROFILE: path,
        SEVENFOLD_RUNTIME_PROFILE_MODE: mode,
      },
    })

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sevenfold-profile-'))
    path = join(folder, 'profile.json')
    const app = await start('learn')
    try {
      expect((await app.send('exec-reversed', 'tnet')).text).toBe('ok tent\n')
      expect((await app.send('exec', ';id')).text).toBe(refused)
      const deadline = Date.now() + 10_000
      while (!existsSync(path) && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20))
    } finally {
      await app.stop()
    }
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('holds what innocent requests did, and nothing of refused ones', () => {
    const profile = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, string[]>>
    expect(Object.values(profile['programs'] ?? {})).toEqual([['sh: echo']])
    expect(readFileSync(path, 'utf8')).not.toContain('sh: id')
  })

  it('refuses what a place never did, however the input arrived there, and passes what it did', async () => {
    const app = await start('enforce')
    try {
      expect((await app.send('exec-reversed', 'di;')).text).toBe(refused)
      expect((await app.send('exec-reversed', 'nem')).text).toBe('ok men\n')
    } finally {
      await app.stop()
    }
  })

  it('only reports when it monitors, and when the agent does', async () => {
    for (const [mode, agentMode] of [
      ['monitor', 'enforce'],
      ['enforce', 'monitor'],
    ] as const) {
      const app = await start(mode, agentMode)
      try {
        expect((await app.send('exec-reversed', 'di;')).text).toMatch(/^ok \nuid=/)
      } finally {
        await app.stop()
      }
    }
  })

  it('goes on without a profile that is none', async () => {
    const broken = join(folder, 'broken.json')
    writeFileSync(broken, '{"version":1,"statements":[]}')
    const app = await startApp({
      entry: 'app.cjs',
      env: { SEVENFOLD_RUNTIME_PROFILE: broken, SEVENFOLD_RUNTIME_PROFILE_MODE: 'enforce' },
    })
    try {
      expect((await app.send('exec', 'tent')).text).toBe('ok tent\n')
      expect((await app.send('exec', ';id')).text).toBe(refused)
      expect(app.errors()).toContain('SEVENFOLD_AGENT_FAULT')
    } finally {
      await app.stop()
    }
  })
})
