// How long it takes until the kernel holds a large block list, and until one more ban is in force beside it. In a network
// namespace of its own; needs root, ip and nft.
// npm run bench:nft [-- --decisions 100000]
import { execFileSync, spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { BanView } from '../../layers/detection/src/enforcement/ban-view.ts'
import { Nftables } from '../../layers/detection/src/enforcement/nftables.ts'
import { DecisionStore } from '../../layers/detection/src/decisions/decision-store.ts'
import type { DecisionWish } from '../../layers/detection/src/decisions/decision-store.ts'

const { values } = parseArgs({ options: { decisions: { type: 'string', default: '100000' } } })
const count = Number(values.decisions)
const namespace = `sf-bench-${process.pid}`
const ip = process.env['IP_PROGRAM'] ?? 'ip'

/** What is missing; undefined when nothing is. The kernel may allow namespaces and have no nftables. */
function missing(): string | undefined {
  if (spawnSync(ip, ['netns', 'add', namespace], { stdio: 'ignore' }).status !== 0)
    return 'ip and the right to make network namespaces'
  const probe = spawnSync(ip, ['netns', 'exec', namespace, 'nft', 'add', 'table', 'inet', 'probe'], {
    stdio: 'ignore',
  })
  if (probe.status === 0) return undefined
  spawnSync(ip, ['netns', 'del', namespace])
  return 'nft and a kernel that lets it make tables'
}

const lacking = missing()
if (lacking !== undefined) {
  console.log(`skipped (needs ${lacking})`)
  process.exit(0)
}

let uuid = 0
const store = new DecisionStore({
  now: Date.now,
  newUuid: () => String((uuid += 1)),
  journal: { append: () => undefined },
})
const wish = (value: string): DecisionWish => ({
  type: 'ban',
  scope: value.includes('/') ? 'range' : 'ip',
  value,
  untilMs: Date.now() + 3_600_000,
  origin: 'lists',
  scenario: 'list',
  simulated: false,
})
// One in twenty a range, one in ten of IPv6, as public lists have it.
const list = Array.from({ length: count }, (_, i) => {
  const [a, b, c] = [(i >> 16) & 255, (i >> 8) & 255, i & 255]
  if (i % 20 === 0) return wish(`${20 + a}.${b}.${c}.0/24`)
  return i % 10 === 1
    ? wish(`2001:db8:${(a + 1).toString(16)}:${(b + 1).toString(16)}::${(c + 1).toString(16)}`)
    : wish(`11.${a}.${b}.${c}`)
})
store.addAll(list)
const view = new BanView(store)
const driver = new Nftables({
  table: 'sevenfold',
  priority: -150,
  onStop: 'remove',
  now: Date.now,
  program: [ip, 'netns', 'exec', namespace, 'nft'],
})
const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0
const timed = async (run: () => Promise<void>): Promise<number> => {
  const from = performance.now()
  await run()
  return performance.now() - from
}

try {
  const whole: number[] = []
  for (let round = 0; round < 5; round += 1) whole.push(await timed(() => driver.replace(view)))
  const single: number[] = []
  for (let round = 0; round < 20; round += 1) {
    const added = store.add(wish(`12.0.0.${round}`))
    single.push(await timed(() => driver.update(view.changed({ add: [added], remove: [] }))))
  }
  const held = execFileSync(ip, ['netns', 'exec', namespace, 'nft', 'list', 'table', 'inet', 'sevenfold'], {
    maxBuffer: 1e9,
    encoding: 'utf8',
  })
  const elements = held.match(/expires/gu)?.length ?? 0
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? '?'}, Node ${process.version}; the kernel holds ${elements} elements`,
  )
  console.log(
    `whole list of ${count} (median of 5): ${(median(whole) / 1000).toFixed(2)} s, limit 3 s for 100000`,
  )
  console.log(`one more ban beside it (median of 20): ${median(single).toFixed(0)} ms`)
  process.exitCode = elements >= count && median(whole) <= 3_000 * Math.max(1, count / 100_000) ? 0 : 1
} finally {
  spawnSync(ip, ['netns', 'del', namespace])
}
