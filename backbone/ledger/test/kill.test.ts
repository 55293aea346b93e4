import { expect, it } from 'vitest'
import { canKill, runKills } from './kill-run.ts'
import { temporaryFolder } from './fixtures.ts'

it.skipIf(!canKill)(
  'loses and doubles nothing when ledger and collector are killed at random moments (needs a build)',
  async () => {
    const folder = temporaryFolder()
    const seed = Number(process.env['KILL_SEED'] ?? Math.floor(Math.random() * 1e9))
    try {
      const result = await runKills({ dataDir: folder.path, kills: 8, seed, rate: 500 })
      expect({ seed, ...result }).toMatchObject({
        lost: 0,
        doubled: 0,
        indexLost: 0,
        indexDoubled: 0,
        verified: true,
      })
    } finally {
      folder.remove()
    }
  },
  120_000,
)
