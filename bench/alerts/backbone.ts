// Every figure of the backbone in turn, each with its limit and whether it is held: Sigma, silence, alert load, ledger, the way through all of
// it, kills, what verification finds, the collector's answers. Each is a command of its own as well. About ten minutes.
// npm run bench:backbone [-- --full]      --full asks the collector over five million events, which takes a quarter of an hour more
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const isFull = process.argv.includes('--full')

interface Figure {
  readonly title: string
  /** Words after node. */
  readonly command: readonly string[]
}

const script = (file: string, ...args: readonly string[]): readonly string[] => [
  join(root, 'node_modules/tsx/dist/cli.mjs'),
  '--conditions=@sevenfold/source',
  file,
  ...args,
]

const figures: readonly Figure[] = [
  { title: 'Sigma: events a second on the public rules', command: script('bench/sigma/main.ts') },
  { title: 'Silence: false alarms and delays', command: script('bench/silence/main.ts') },
  { title: 'Alert load: a day with a hundred thousand matches', command: script('bench/alerts/load.ts') },
  { title: 'Lag of the alerts process', command: script('bench/alerts/lag.ts', '5000', '8') },
  {
    title: 'Ledger: durable entries',
    command: script('bench/ledger/throughput.ts'),
  },
  { title: 'The whole way: acknowledged, indexed, judged', command: script('bench/ledger/pipeline.ts') },
  { title: 'Kills: nothing acknowledged is lost', command: script('bench/ledger/kill.ts', '--kills', '50') },
  {
    title: 'Tampering: what verification finds, ours and that of Go',
    command: [join(root, 'scripts/conformance.mjs'), 'ledger'],
  },
  {
    title: `Collector: index and questions over ${isFull ? 'five million' : '200,000'} events`,
    command: isFull
      ? script('bench/ledger/index.ts', '--events', '5000000', '--memory', '512')
      : script('bench/ledger/index.ts'),
  },
]

const results = figures.map(({ title, command }) => {
  console.log(`\n== ${title}`)
  const begun = performance.now()
  const { status } = spawnSync(process.execPath, command, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return { title, isHeld: status === 0, seconds: (performance.now() - begun) / 1000 }
})
console.log('\n== All of it')
for (const { title, isHeld, seconds } of results)
  console.log(`${title.padEnd(64)} ${seconds.toFixed(0).padStart(5)} s  ${isHeld ? 'held' : 'OVER'}`)
process.exitCode = results.every(({ isHeld }) => isHeld) ? 0 : 1
