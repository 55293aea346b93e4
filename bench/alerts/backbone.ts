// Every figure of the backbone in turn: Sigma, silence, alert load and lag, ledger, collector, kills, rules over public
// data. Each is a command of its own as well. npm run bench:backbone [--quick]
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const isQuick = process.argv.includes('--quick')

interface Figure {
  readonly title: string
  readonly file: string
  readonly args?: readonly string[]
  readonly quick?: readonly string[]
}

const figures: readonly Figure[] = [
  { title: 'Sigma: events a second on the public rules', file: 'bench/sigma/main.ts' },
  { title: 'Silence: false alarms and delays', file: 'bench/silence/main.ts', quick: ['4'] },
  { title: 'Alert load: a day with a hundred thousand matches', file: 'bench/alerts/load.ts' },
  { title: 'Lag of the alerts process', file: 'bench/alerts/lag.ts', quick: ['5000', '8'] },
  {
    title: 'Ledger: durable entries',
    file: 'bench/ledger/throughput.ts',
    quick: ['--entries', '30000', '--rounds', '1'],
  },
  {
    title: 'Collector: index and questions over five million events',
    file: 'bench/ledger/index.ts',
    args: ['--events', '5000000', '--memory', '512'],
    quick: [],
  },
  { title: 'Kills: nothing acknowledged is lost', file: 'bench/ledger/kill.ts' },
]

let failed = 0
for (const { title, file, args = [], quick } of figures) {
  if (!existsSync(join(root, file))) continue
  console.log(`\n== ${title}`)
  const command = [join(root, 'node_modules/tsx/dist/cli.mjs'), '--conditions=@sevenfold/source', file]
  const result = spawnSync(process.execPath, [...command, ...(isQuick ? (quick ?? args) : args)], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (result.status !== 0) failed += 1
}
console.log(
  failed === 0 ? '\nevery figure was printed' : `\n${failed} figures were not reached or not printed`,
)
process.exitCode = failed === 0 ? 0 : 1
