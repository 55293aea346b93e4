import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('setup.mjs', import.meta.url))

function pretendNode(version: string): string {
  return `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"${version}"}})`
}

describe('the set-up script', () => {
  it.each(['18.20.4', '20.18.3'])('refuses node %s and says which to install', (version) => {
    const run = spawnSync(process.execPath, ['--import', pretendNode(version), script], { encoding: 'utf8' })
    expect(run.status).toBe(3)
    expect(run.stderr).toBe(
      `sevenfold: error: node ${version} is too old\nhint: install node 20.19 or newer (22 or 24 recommended)\n`,
    )
  })

  it.skipIf(process.getuid?.() === 0)('refuses a read-only folder (needs a user other than root)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'setup-'))
    mkdirSync(join(folder, 'scripts'))
    cpSync(script, join(folder, 'scripts', 'setup.mjs'))
    chmodSync(folder, 0o555)
    const run = spawnSync(process.execPath, [join(folder, 'scripts', 'setup.mjs')], { encoding: 'utf8' })
    chmodSync(folder, 0o755)
    rmSync(folder, { recursive: true })
    expect(run.status).toBe(3)
    expect(run.stderr).toContain('is read-only')
  })
})
