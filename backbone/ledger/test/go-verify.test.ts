import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Victim, forms, tampersOf } from './tampers.ts'

// Processes on a machine that may do much else meanwhile.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

// Go's note and tlog packages are another implementation by other people: what they accept, outsiders accept.
const source = fileURLToPath(new URL('go-verify', import.meta.url))
const victim = new Victim()
const program = victim.path('go-verify')
const built = spawnSync('go', ['build', '-o', program, '.'], { cwd: source, timeout: 90_000 })
const canVerify = built.status === 0

beforeAll(async () => {
  if (!canVerify) return
  await victim.begin()
  writeFileSync(victim.path('kept.vkey'), `${victim.verifierKey}\n`)
  for (const [i, note] of victim.checkpoints.entries()) writeFileSync(victim.path(`seen-${i}`), note)
})
afterAll(() => victim.remove())

function verifyWithGo(folder: string): { status: number | null; output: string } {
  const seen = victim.checkpoints.flatMap((_, i) => ['-seen', victim.path(`seen-${i}`)])
  const args = ['-key', victim.path('kept.vkey'), ...seen, folder]
  const run = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000 })
  return { status: run.status, output: `${run.stdout}${run.stderr}`.trim() }
}

describe.each(forms)('an independent verifier (needs Go and golang.org/x/mod; %s)', (form) => {
  it.skipIf(!canVerify)('accepts every entry of our log', () => {
    expect(verifyWithGo(victim.good(form))).toEqual({ status: 0, output: 'example.org/ledger 600 ok' })
  })

  it.skipIf(!canVerify).each(tampersOf(form))('refuses our log after $name', async ({ change }) => {
    const { status, output } = verifyWithGo(await victim.tampered(form, change))
    expect({ status, output }).toMatchObject({ status: 1, output: expect.stringMatching(/\w/u) })
  })
})
