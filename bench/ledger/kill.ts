// Ledger and collector killed with SIGKILL at random moments under load: what came of every event.
// npx tsc -b && npx tsx --conditions=@sevenfold/source bench/ledger/kill.ts [--kills 50] [--seed 1] [--rate 1000]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { canKill, runKills } from '../../backbone/ledger/test/kill-run.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '1000' },
  },
})

if (!canKill) {
  console.error('bench/ledger/kill: error: ledger and collector are not built\nhint: npx tsc -b')
  process.exit(3)
}

const dataDir = mkdtempSync(join(tmpdir(), 'sf-kill-'))
try {
  const result = await runKills({
    dataDir,
    kills: Number(values.kills),
    seed: Number(values.seed),
    rate: Number(values.rate),
    onProgress: (kills, events) => process.stderr.write(`\r${kills} kills, ${events} events `),
  })
  process.stderr.write('\n')
  console.log(
    `kills: ledger ${result.kills.ledger}, collector ${result.kills.collector} (seed ${values.seed})`,
  )
  console.log(`events emitted under load: ${result.events}`)
  console.log(
    `ledger: ${result.lost} lost, ${result.doubled} doubled, verification ${result.verified ? 'ok' : 'FAILED'}`,
  )
  console.log(`index:  ${result.indexLost} lost, ${result.indexDoubled} doubled`)
  const isClean =
    result.lost + result.doubled + result.indexLost + result.indexDoubled === 0 && result.verified
  console.log(`limit 0 lost and 0 doubled in ${values.kills} kills: ${isClean ? 'held' : 'OVER'}`)
  process.exitCode = isClean ? 0 : 1
} finally {
  rmSync(dataDir, { recursive: true, force: true })
}
