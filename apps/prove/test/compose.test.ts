import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ProofDocument } from '@sevenfold/event'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { packageEntry } from '../src/bed/package-entry.ts'
import { findEngine } from '../src/compose/engine.ts'
import { runProveCommand } from '../src/index.ts'

const program = fileURLToPath(new URL('fake-engine.cjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'prove-compose-'))
const file = join(folder, 'compose.yaml')
writeFileSync(file, 'services: { web: { image: web } }\n')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeEach(() => {
  process.env['FAKE_ENGINE'] = mkdtempSync(join(folder, 'engine-'))
})
afterEach(() => {
  delete process.env['FAKE_ENGINE_FAILS']
})

function calls(): readonly string[] {
  const text = readFileSync(join(process.env['FAKE_ENGINE'] ?? '', 'calls'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as string[]).filter((word) => !word.startsWith('/')).join(' '))
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const code = await runProveCommand(args, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
  })
  return { code, out, err }
}

const isBuilt = (['ledger', 'detection', 'edge'] as const).every((part) => packageEntry(part) !== undefined)
const system = ['--compose', file, '--service', 'web', '--port', '80', '--engine', program]

describe('sevenfold prove --compose', () => {
  it.skipIf(!isBuilt)(
    'attacks a copy with each layer before it, and removes it (needs a build)',
    async () => {
      const { out, err } = await run(...system, '--json', '--seed', 's')
      expect(err).toContain('building and starting the copy sevenfold-proof-')
      const { attacks } = JSON.parse(out) as ProofDocument
      expect(attacks.length).toBeGreaterThanOrEqual(18)
      expect(attacks.every(({ valid }) => valid)).toBe(true)
      const union = attacks.find(({ id }) => id === 'site-sql-union')
      expect(union?.cells.alone?.edge?.outcome).toBe('stopped')
      expect(union?.cells.without?.edge?.outcome).toBe('missed')
      expect(union?.cells.alone).not.toHaveProperty('runtime')
      const [up, down] = [calls().find((call) => call.includes(' up ')), calls().at(-1)]
      expect(up).toMatch(/^compose -p sevenfold-proof-[\da-f]{8} -f up -d --build --wait$/)
      expect(down).toMatch(/^compose -p sevenfold-proof-[\da-f]{8} -f down -v --remove-orphans --timeout 5$/)
    },
    120_000,
  )

  it('removes what was built when the system does not start', async () => {
    process.env['FAKE_ENGINE_FAILS'] = 'up'
    const { code, err } = await run(...system)
    expect([code, err]).toEqual([3, expect.stringContaining('up does not work today')])
    expect(calls().at(-1)).toContain('down -v')
    expect(readdirSync(tmpdir()).filter((name) => name === 'sevenfold-proof')).toEqual([])
  })

  it.each([
    [['--compose', join(folder, 'none.yaml')], 'no such file'],
    [['--compose', file], 'needs --service'],
    [['--compose', file, '--service', 'web'], 'needs --port'],
    [['--compose', file, '--service', 'web', '--port', '0'], '1 to 65535'],
    [['--compose', file, '--service', 'web', '--port', '65536'], '1 to 65535'],
    [['--service', 'web'], '--service goes with --compose'],
    [['--page', '/x'], '--page goes with --target or --compose'],
    [['--compose', file, '--target', 'http://x'], 'exclude each other'],
  ])('refuses %j', async (args, why) => {
    const { code, err } = await run(...args)
    expect([code, err]).toEqual([2, expect.stringContaining(why)])
  })

  it('names the services of the file when there is none of that name', async () => {
    const { code, err } = await run(
      '--compose',
      file,
      '--service',
      'api',
      '--port',
      '80',
      '--engine',
      program,
    )
    expect([code, err]).toEqual([3, expect.stringContaining('there are: web')])
  })
})

describe('findEngine', () => {
  it('takes the first that answers', async () => {
    expect((await findEngine([join(folder, 'not-installed'), program])).program).toBe(program)
  })

  it('says what each of them said when none does', async () => {
    process.env['FAKE_ENGINE_FAILS'] = 'info'
    await expect(findEngine([join(folder, 'not-installed'), program])).rejects.toThrow(
      /ENOENT.*info does not work today.*start docker or podman/s,
    )
  })
})
