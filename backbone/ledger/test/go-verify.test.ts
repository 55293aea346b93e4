import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { openLedgerLog } from '@sevenfold/ledger'
import { batchOf, createSigner, eventLine, smallLog, temporaryFolder } from './fixtures.ts'

// Go's note and tlog packages are another implementation by other people: what they accept, outsiders accept.
const source = fileURLToPath(new URL('go-verify', import.meta.url))
const root = temporaryFolder()
const program = join(root.path, 'go-verify')
const built = spawnSync('go', ['build', '-o', program, '.'], { cwd: source, timeout: 90_000 })
const canVerify = built.status === 0

afterAll(() => root.remove())

function verifyWithGo(folder: string): { status: number | null; output: string } {
  const run = spawnSync(program, [folder], { encoding: 'utf8', timeout: 30_000 })
  return { status: run.status, output: `${run.stdout}${run.stderr}`.trim() }
}

describe('an independent verifier', () => {
  it.skipIf(!canVerify)(
    'accepts every entry of our log, and none that was changed (needs Go and golang.org/x/mod)',
    async () => {
      const folder = join(root.path, 'ledger')
      const log = await openLedgerLog(smallLog(folder, createSigner()))
      for (let first = 1; first <= 700; first += 35) {
        await log.append(batchOf('edge/w0', first, 35))
        await log.checkpoint()
      }
      await log.close()
      expect(verifyWithGo(folder)).toEqual({ status: 0, output: 'example.org/ledger 700 ok' })
      const segment = join(folder, 'segments', '00000000000000000350.ndjson')
      const text = readFileSync(segment, 'utf8')
      writeFileSync(segment, text.replace(eventLine('edge/w0', 'low', 360), eventLine('edge/w0', 'low', 9)))
      expect(verifyWithGo(folder)).toMatchObject({ status: 1, output: expect.stringContaining('entry 359') })
      writeFileSync(segment, text)
      const checkpoint = join(folder, 'checkpoint')
      writeFileSync(checkpoint, readFileSync(checkpoint, 'utf8').replace('\n700\n', '\n699\n'))
      expect(verifyWithGo(folder)).toMatchObject({ status: 1, output: expect.stringContaining('checkpoint') })
    },
    120_000,
  )
})
