// Lines per CPU-second of hub rules, beside the CrowdSec that is installed, in the same run on the same rules, logs and
// machine; whether both give the same alerts; what all rules of a whole hub cost; memory after a million lines; then the
// Local API with 500,000 decisions (lapi.ts) and the kernel's sets with 100,000 (nft.ts).
// Run: npm run bench:detection [-- --rounds N] [-- --quick] [-- --only nginx|sshd|alerts|whole|memory|lapi|nft]
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runBeside } from './beside.ts'
import { layOutPeer, missingPeer, parsers, peerAlerts, peerVersion, runPeer, timed } from './peer.ts'
import type { Run } from './peer.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const shared = process.env['SEVENFOLD_SHARED'] ?? resolve(root, '../shared')
const generator = join(shared, 'bench', 'detection', 'gen-logs.mjs')
const wholeHub = join(shared, 'hub')
const command = join(root, 'apps', 'cli', 'bin', 'sevenfold.mjs')
const isQuick = process.argv.includes('--quick')
const roundsAt = process.argv.indexOf('--rounds')
const onlyAt = process.argv.indexOf('--only')
const only = onlyAt < 0 ? undefined : process.argv[onlyAt + 1]
const rounds = roundsAt < 0 ? (isQuick ? 1 : 3) : Number(process.argv[roundsAt + 1])
const seeds = [1, 2, 3]

interface Kind {
  readonly name: string
  readonly type: string
  readonly log: string
  /** Lines that the peer gets: it needs milliseconds for each. */
  readonly peerLines: number
  readonly gate: number
}

const kinds: readonly Kind[] = [
  { name: 'nginx', type: 'nginx', log: 'access.log', peerLines: 2_000, gate: 30 },
  { name: 'sshd', type: 'syslog', log: 'auth.log', peerLines: 20_000, gate: 15 },
]

function makeLogs(folder: string, [nginx, ssh, seed]: readonly [number, number, number]): void {
  mkdirSync(folder, { recursive: true })
  execFileSync(process.execPath, [generator, folder, String(nginx), String(ssh), String(seed)], {
    stdio: 'ignore',
  })
}

function firstLines(
  path: string,
  lines: number,
  to: string,
  keep: (line: string) => boolean = () => true,
): string {
  writeFileSync(to, `${readFileSync(path, 'utf8').split('\n').filter(keep).slice(0, lines).join('\n')}\n`)
  return to
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

function runOurs(hub: string, log: string, type: string): Run {
  return timed([process.execPath, command, 'detect', 'replay', '--hub', hub, '--type', type, log], 600)
}

function ourAlerts({ output }: Run): readonly string[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { scenario: string; value: string })
    .map(({ scenario, value }) => `${scenario} ${value}`)
    .toSorted()
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Rates beside the peer, start-up taken off, medians of interleaved rounds. */
function compareSpeed(work: string, { name, type, log, peerLines, gate }: Kind): void {
  const big = join(work, 'big', log)
  const bigLines = readFileSync(big, 'utf8').split('\n').length - 1
  const one = firstLines(big, 1, join(work, 'one.log'))
  const few = firstLines(big, peerLines, join(work, 'few.log'))
  const rates = { peer: [] as number[], same: [] as number[], long: [] as number[] }
  const etc = join(work, 'peer', 'etc')
  for (let round = 0; round < rounds; round += 1) {
    const peerStart = runPeer(join(work, 'peer'), one, type).cpuSeconds
    const ourStart = runOurs(etc, one, type).cpuSeconds
    rates.peer.push(peerLines / (runPeer(join(work, 'peer'), few, type).cpuSeconds - peerStart))
    rates.same.push(peerLines / Math.max(0.01, runOurs(etc, few, type).cpuSeconds - ourStart))
    rates.long.push(bigLines / (runOurs(etc, big, type).cpuSeconds - ourStart))
  }
  const [peer, same, long] = [median(rates.peer), median(rates.same), median(rates.long)]
  const times = (rate: number): string => `${(rate / peer).toFixed(1)} times`
  print(`${name}: CrowdSec ${peer.toFixed(0)} lines per CPU-second (${peerLines} lines)`)
  print(`${name}: ours ${same.toFixed(0)} on the same ${peerLines} lines, code still cold: ${times(same)}`)
  print(`${name}: ours ${long.toFixed(0)} on ${bigLines} lines: ${times(long)} (goal ${gate})`)
}

/** CrowdSec ends buckets by the wall clock even in a replay: on a busy machine its answer differs from run to run. */
const mostPeerRuns = 3

interface Repeated {
  readonly isEqual: boolean
  readonly runs: number
  readonly count: number
  readonly difference: string
}

function repeatUntilEqual(ours: readonly string[], run: () => readonly string[]): Repeated {
  let theirs: readonly string[] = []
  for (let runs = 1; runs <= mostPeerRuns; runs += 1) {
    theirs = run()
    if (theirs.length > 0 && theirs.join('\n') === ours.join('\n'))
      return { isEqual: true, runs, count: theirs.length, difference: '' }
  }
  const only = (a: readonly string[], b: readonly string[]): string =>
    a.filter((alert) => !b.includes(alert)).join(', ')
  const difference = `only CrowdSec: ${only(theirs, ours)}; only ours: ${only(ours, theirs)}`
  return { isEqual: false, runs: mostPeerRuns, count: theirs.length, difference }
}

/** Whether both give the same alerts for the same sources. */
function compareAlerts(work: string): void {
  const etc = join(work, 'peer', 'etc')
  let all = 0
  let equal = 0
  for (const seed of seeds) {
    const folder = join(work, `seed${seed}`)
    makeLogs(folder, [60_000, 20_000, seed])
    const attacks = firstLines(join(folder, 'access.log'), 1_000, join(folder, 'attacks.log'), (line) =>
      line.startsWith('45.'),
    )
    for (const [log, type] of [
      [attacks, 'nginx'],
      [join(folder, 'auth.log'), 'syslog'],
    ] as const) {
      const ours = ourAlerts(runOurs(etc, log, type))
      const found = repeatUntilEqual(ours, () => peerAlerts(runPeer(join(work, 'peer'), log, type)))
      all += 1
      if (found.isEqual) equal += 1
      const verdict = found.isEqual
        ? `equal by scenario and source${found.runs > 1 ? ` (run ${found.runs} of CrowdSec)` : ''}`
        : `DIFFERENT: ${found.difference}`
      print(`alerts, seed ${seed}, ${type}: CrowdSec ${found.count}, ours ${ours.length}, ${verdict}`)
    }
  }
  print(`alerts: ${equal} of ${all} logs equal`)
}

interface BenchAnswer {
  readonly scenarios: number
  readonly warmLinesPerCpuSecond: number
  readonly linesPerCpuSecond: number
  readonly rssMb: number
  readonly lines: number
  readonly buckets: number
}

function bench(args: readonly string[]): BenchAnswer {
  const { output } = timed([process.execPath, command, 'detect', 'bench', '--json', ...args], 1_200)
  return JSON.parse(output.split('\n').find((line) => line.startsWith('{')) ?? '{}') as BenchAnswer
}

/** All scenarios of the whole hub on the parsers of the comparison. */
function layOutMixed(folder: string): void {
  for (const part of ['scenarios', 'patterns', 'data']) {
    mkdirSync(folder, { recursive: true })
    symlinkSync(join(wholeHub, part), join(folder, part))
  }
  for (const parser of parsers) {
    const [stage = ''] = parser.split('/')
    mkdirSync(join(folder, 'parsers', stage), { recursive: true })
    cpSync(
      join(wholeHub, 'parsers', `${parser}.yaml`),
      join(folder, 'parsers', stage, `${parser.split('/')[2]}.yaml`),
    )
  }
}

/** All rules of a hub beside the few of the comparison. */
function compareWhole(work: string): void {
  if (!existsSync(wholeHub)) return print('whole hub: skipped (needs ../shared/hub)')
  const log = join(work, 'big', 'access.log')
  const etc = join(work, 'peer', 'etc')
  const ratios: number[] = []
  const withParsers: number[] = []
  let [few, many] = [0, 0]
  const mixed = join(work, 'mixed')
  layOutMixed(mixed)
  for (let round = 0; round < rounds; round += 1) {
    const small = bench(['--hub', etc, '--type', 'nginx', log])
    const scenarios = bench(['--hub', mixed, '--type', 'nginx', log])
    const whole = bench(['--hub', wholeHub, '--type', 'nginx', log])
    ;[few, many] = [small.scenarios, scenarios.scenarios]
    ratios.push(small.warmLinesPerCpuSecond / scenarios.warmLinesPerCpuSecond)
    withParsers.push(small.warmLinesPerCpuSecond / whole.warmLinesPerCpuSecond)
  }
  print(
    `whole hub: ${many} scenarios cost ${median(ratios).toFixed(2)} times the ${few} of the comparison (goal 2)`,
  )
  print(`whole hub: with all 170 parsers as well ${median(withParsers).toFixed(2)} times`)
}

/** Memory after many lines of many sources. */
function measureMemory(work: string): void {
  const folder = join(work, 'million')
  makeLogs(folder, [isQuick ? 200_000 : 1_000_000, 1_000, 7])
  const answer = bench(['--hub', join(work, 'peer', 'etc'), '--type', 'nginx', join(folder, 'access.log')])
  print(
    `memory: ${answer.rssMb} MB resident after ${answer.lines} nginx lines of 20,000 sources, ${answer.buckets} buckets (goal 200)`,
  )
  print(`speed over these lines: ${answer.linesPerCpuSecond} lines per CPU-second`)
}

function isWanted(part: string): boolean {
  return only === undefined || only === part
}

/** All that needs the peer's rules. */
function compare(): void {
  const missing = missingPeer() ?? (existsSync(generator) ? undefined : generator)
  if (missing !== undefined) return print(`comparison with CrowdSec: skipped (needs ${missing})`)
  const work = mkdtempSync(join(tmpdir(), 'sevenfold-bench-detection-'))
  try {
    print(
      `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}; CrowdSec ${peerVersion()}; ${rounds} rounds`,
    )
    layOutPeer(join(work, 'peer'))
    makeLogs(join(work, 'big'), isQuick ? [50_000, 100_000, 42] : [200_000, 300_000, 42])
    for (const kind of kinds) if (isWanted(kind.name)) compareSpeed(work, kind)
    if (isWanted('alerts')) compareAlerts(work)
    if (isWanted('whole')) compareWhole(work)
    if (isWanted('memory')) measureMemory(work)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

if (['nginx', 'sshd', 'alerts', 'whole', 'memory'].some(isWanted)) compare()
for (const part of ['lapi', 'nft']) if (isWanted(part)) for (const line of runBeside(part)) print(line)
