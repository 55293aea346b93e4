import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openLedgerLog, tailLedger, verifyLedger } from '@sevenfold/ledger'
import { batchOf, createSigner, temporaryFolder } from './fixtures.ts'

const folder = temporaryFolder()
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder.path]).status === 0

afterAll(() => {
  if (mounted) spawnSync('umount', ['-l', folder.path])
  folder.remove()
})

describe('a full disk', () => {
  it.skipIf(!mounted)(
    'fails batches without acknowledging them, and the log goes on when there is room again (needs mount)',
    async () => {
      const log = await openLedgerLog({
        folder: join(folder.path, 'ledger'),
        origin: 'example.org/ledger',
        signer: createSigner(),
        segmentBytes: 100_000,
        retainBytes: 1e9,
      })
      await log.append(batchOf('edge/w0', 1, 100))
      await log.checkpoint()
      writeFileSync(join(folder.path, 'filler'), Buffer.alloc(300_000))
      let taken = 100
      let refused = 0
      for (let round = 0; round < 20; round += 1) {
        await log.append(batchOf('edge/w0', taken + 1, 100)).then(
          () => (taken += 100),
          (error: unknown) => {
            expect(error).toMatchObject({ code: 'LEDGER_WRITE_FAILED' })
            refused += 1
          },
        )
      }
      expect(refused).toBeGreaterThan(0)
      // Nothing is left for tiles either: the checkpoint fails, and the next one makes up for it.
      expect(() => writeFileSync(join(folder.path, 'rest'), Buffer.alloc(400_000))).toThrow('ENOSPC')
      await expect(log.checkpoint()).rejects.toThrow('ENOSPC')
      expect(log.size).toBe(taken)
      rmSync(join(folder.path, 'filler'))
      rmSync(join(folder.path, 'rest'))
      await log.append(batchOf('edge/w0', taken + 1, 50))
      await log.close()
      const lines: string[] = []
      for await (const { line } of tailLedger(join(folder.path, 'ledger'))) lines.push(line)
      expect(lines).toHaveLength(taken + 50)
      expect(await verifyLedger(join(folder.path, 'ledger'))).toMatchObject({ ok: true, entries: taken + 50 })
    },
  )
})
