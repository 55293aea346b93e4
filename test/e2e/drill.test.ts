import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('../../apps/cli/bin/sevenfold.mjs', import.meta.url))

interface Drilled {
  readonly scale: number
  readonly drills: readonly {
    readonly name: string
    readonly ok: boolean
    readonly hasRunbook: boolean
    readonly seconds: number
  }[]
}

function drill(words: readonly string[]): Promise<{ code: number | null; result: Drilled }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'drill', '--json', '--scale', '5', ...words], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, result: JSON.parse(text) as Drilled }))
  })
}

// The whole set takes minutes: `sevenfold drill` runs it in earnest.
describe('a running demo (times divided by five)', () => {
  it('raises an incident with a runbook when a layer is killed or frozen, its log muted, or the ledger rolled back', async () => {
    const { code, result } = await drill([
      'edge killed',
      'detection frozen',
      'log of detection',
      'rolled back',
    ])
    expect(result.drills.map(({ name, ok, hasRunbook }) => ({ name, ok, hasRunbook }))).toEqual(
      ['edge killed', 'detection frozen', 'log of detection muted', 'ledger rolled back'].map((name) => ({
        name,
        ok: true,
        hasRunbook: true,
      })),
    )
    expect(code).toBe(0)
  }, 240_000)
})
