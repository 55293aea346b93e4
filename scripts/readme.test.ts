import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const isBuilt = existsSync(join(root, 'apps/cli/dist/main.js'))

function sevenfold(...args: string[]): { status: number | null; stdout: string } {
  return spawnSync(process.execPath, [join(root, 'apps/cli/bin/sevenfold.mjs'), ...args], {
    cwd: root,
    encoding: 'utf8',
  })
}

describe('the README', () => {
  it('links to pages that exist', () => {
    const links = [...readme.matchAll(/\]\(((?!https?:)[^)#]+)/g)].map((match) => match[1] ?? '')
    expect(links.length).toBeGreaterThan(10)
    expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([])
  })

  it.skipIf(!isBuilt)('names only commands that exist (needs a build)', () => {
    const commands = [...readme.matchAll(/npx sevenfold ([a-z]+(?: (?:list|add|check|link))?)/g)].map(
      (match) => match[1] ?? '',
    )
    expect(commands.length).toBeGreaterThan(3)
    for (const command of new Set(commands))
      expect(sevenfold(...command.split(' '), '--help').status, command).toBe(0)
  })

  it.skipIf(!isBuilt)('shows a table of exactly the attacks in the catalogue (needs a build)', () => {
    const table = readme.slice(readme.indexOf('<!-- prove table'), readme.indexOf('<!-- end of prove table'))
    const { stdout } = sevenfold('prove', '--list')
    const ids = [...stdout.matchAll(/^(\S+)\s+CWE-/gm)].map((match) => match[1] ?? '')
    expect(ids.length).toBeGreaterThan(12)
    expect(ids.filter((id) => !table.includes(id))).toEqual([])
  })
})
