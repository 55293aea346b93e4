import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ProofDocument } from '@sevenfold/event'
import { afterAll, describe, expect, it } from 'vitest'
import { packageEntry } from '../src/bed/package-entry.ts'

const entry = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const isBuilt = existsSync(entry) && packageEntry('shop') !== undefined

const temporary = mkdtempSync(join(tmpdir(), 'prove-'))
afterAll(() => rmSync(temporary, { recursive: true, force: true }))

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly errors: string
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...process.env, TMPDIR: temporary, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')))
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, errors })))
}

describe.skipIf(!isBuilt)('the program (needs a build)', { timeout: 240_000 }, () => {
  it('prints one document on stdout and progress on stderr, with exit 0', async () => {
    const { code, out, errors } = await run([
      '--bare',
      '--only',
      'deserialisation',
      '--json',
      '--seed',
      'abc',
    ])
    expect(errors).toContain('setting up the shop')
    expect(code).toBe(0)
    const document = JSON.parse(out) as ProofDocument
    expect(document).toMatchObject({ v: 1, seed: 'abc', benign: { runs: 0, blocked: 0 } })
    expect(document.attacks.map(({ id, valid }) => [id, valid])).toEqual([
      ['deserialise-function', true],
      ['deserialise-write', true],
    ])
  })

  it('writes every report that is asked for, and compares with a baseline', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'prove-reports-'))
    const at = (name: string): string => join(folder, name)
    const common = ['--bare', '--only', 'token-none', '--seed', 'abc']
    try {
      const first = await run([...common, '--json'])
      const document = JSON.parse(first.out) as ProofDocument
      const attacks = document.attacks.map((attack) => ({ ...attack, depth: 1 }))
      writeFileSync(at('old.json'), JSON.stringify({ ...document, attacks }))
      const files = ['html', 'junit', 'sarif', 'navigator'].map((kind) => `--${kind}=${at(kind)}`)
      const { code, out } = await run([...common, ...files, '--baseline', at('old.json')])
      expect(code).toBe(1)
      expect(out).toContain('Depth fell (1):\n  token-none: depth 1 → 0')
      expect(readFileSync(at('html'), 'utf8')).toContain('Depth fell: 1')
      expect(readFileSync(at('junit'), 'utf8')).toContain('depth fell from 1 to 0')
      expect(JSON.parse(readFileSync(at('sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' })
      expect(JSON.parse(readFileSync(at('navigator'), 'utf8'))).toMatchObject({ domain: 'enterprise-attack' })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('ends with 1 when an attack does not work, and says which', async () => {
    const { code, out } = await run(['--bare', '--only', 'token-none'], { SHOP_PATCHED: 'token-none' })
    expect(code).toBe(1)
    expect(out).toContain('token-none does not work with no layer')
  })

  it('ends with 1 below the depth that was asked for', async () => {
    expect((await run(['--bare', '--only', 'token-none', '--min-depth', '1'])).code).toBe(1)
  })

  it('ends with 3 when the shop cannot start, says why, and leaves nothing behind', async () => {
    const { code, errors } = await run(['--bare', '--only', 'token-none'], { SHOP_PATCHED: 'no-such-flaw' })
    expect(code).toBe(3)
    expect(errors).toContain('no-such-flaw')
    expect(errors).toContain('hint: ')
  })

  it('leaves no folder behind', () => {
    expect(readdirSync(temporary)).toEqual([])
  })
})
