// Slow clients against the edge: how long they hold a connection, what they cost, and what good clients notice. Beside
// it the same visitors while the same attackers attack nothing (what the machine does to them), and nginx under the
// same attack. slow.ts [headers|body|read …]
import { execFile, execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cpuMicros, rssMegabytes } from '../parts/process-usage.ts'
import type { Seen } from './good-client.ts'
import { end, startProxy, startUpstream } from './nginx.ts'
import { startEdge } from './start-edge.ts'

const count = Number(process.env['BENCH_SLOW'] ?? 2000)
/** New slow clients a second. */
const rate = Number(process.env['BENCH_SLOW_RATE'] ?? 1000)
/** Requests of good clients a second. */
const goodRate = Number(process.env['BENCH_SLOW_GOOD'] ?? 200)
const quietMs = 6000
const limitSeconds = 15
/** Growth of the resident memory of a worker, megabytes. */
const limitMegabytes = 50
/** The slowest hundredth of the requests of good clients may take this many times as long as when it is quiet. */
const limitSlower = 2
/** How long is waited for the slow clients to be gone. */
const patienceMs = 22_000
/** Scenes of each kind on the edge; medians count for times, the worst for everything else. */
const repeats = Number(process.env['BENCH_REPEATS'] ?? 3)
/** Ordinary traffic before the first scene: a worker is not attacked in its first second. */
const warmUpMs = 8000
const warmUpRate = 1000
const warmUpReaders = 4
/** Open files beyond those before from which it is worth looking for attackers: connections to the service are kept. */
const fewFiles = 250

const attacks = ['slow headers', 'slow body', 'slow read'] as const
const chosen = process.argv.slice(2)
const parts = new Set((process.env['BENCH_SLOW_PARTS'] ?? 'many,one,control,nginx').split(','))

/** A server that is attacked: `pid` holds the connections, `root` is the parent of all its processes. */
interface Target {
  readonly name: string
  readonly port: number
  readonly pid: number
  readonly root: number
}

/** What one scene showed. Times in milliseconds. */
interface Scene {
  readonly quiet: Seen
  readonly seen: Seen
  readonly service: Seen
  readonly seconds: number
  readonly cpu: number
  readonly connected: number
  readonly most: number
  readonly rss: number
  readonly grown: number
}

const heard = async (child: ChildProcess): Promise<unknown> =>
  ((await once(child, 'message')) as [unknown])[0]
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Another process of this benchmark, on the core that is not the edge's; `before` is the command in front of it. */
function helper(
  name: string,
  before: readonly string[],
  ...args: readonly (string | number)[]
): ChildProcess {
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const node = [
    process.execPath,
    '--import',
    'tsx',
    '--conditions=@sevenfold/source',
    script,
    ...args.map(String),
  ]
  const command = ['taskset', '-c', '1', ...before, ...node]
  return spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}

/** Attackers run when nobody else wants the core: they are elsewhere, and must not take time from good clients. */
async function attackers(port: number, attack: string, origin: string): Promise<ChildProcess> {
  const child = helper('slow-process', ['chrt', '--idle', '0'], port, count, rate, attack, origin)
  await heard(child)
  return child
}

/** What visitors of a server, and visitors of the service behind it, see while something happens. */
async function visitors(
  port: number,
  service: number,
  { rate: asked = goodRate, until }: { readonly rate?: number; readonly until: () => Promise<unknown> },
): Promise<{ readonly seen: Seen; readonly service: Seen }> {
  const clients = await Promise.all(
    [port, service].map(async (at) => {
      const child = helper('good-client', [], at, asked)
      await heard(child)
      return child
    }),
  )
  for (const child of clients) child.send('count')
  await until()
  const [seen, direct] = await Promise.all(
    clients.map(async (child) => {
      child.send('over')
      return (await heard(child)) as Seen
    }),
  )
  if (seen === undefined || direct === undefined) throw new Error('a visitor said nothing')
  return { seen, service: direct }
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN
}

const p99 = ({ times }: Seen): number => percentile(times, 0.99)
/** Without the time by which the visitor asked too late. */
const p99Asked = ({ asked }: Seen): number => percentile(asked, 0.99)
const failed = ({ times }: Seen): number => times.filter((ms) => ms === Number.MAX_SAFE_INTEGER).length

/** Open files of a process: what its connections come to, seen from its side. Listing thousands would take time. */
function openFiles(pid: number): number {
  return statSync(`/proc/${pid}/fd`).size
}

/**
 * Counts the rows of connections that a server holds on its port with anybody but a good client. What nobody owns any more
 * was closed by the server; a client that reads nothing does not know it yet.
 */
const countRows = `$2 ~ here "$" && $3 !~ /^0100007F/ && $3 !~ /:0000$/ && $10 != 0 { rows += 1 } END { print rows + 0 }`

/**
 * Connections of attackers that a server still has. The table of all connections takes milliseconds to read: that is done
 * when nobody else wants the core, else good clients would wait for it.
 */
async function attackersAt(port: number): Promise<number> {
  const here = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const command = ['--idle', '0', 'awk', '-v', `here=${here}`, countRows, '/proc/net/tcp']
  const { stdout } = await promisify(execFile)('chrt', command)
  return Number(stdout)
}

/** Resolves when the attackers are gone; tells the most open files that the server had beyond those before. */
async function whenGone({ pid, port }: Target, before: number, ready: () => boolean): Promise<number> {
  const deadline = performance.now() + patienceMs
  let most = 0
  for (let open = Infinity; performance.now() < deadline;) {
    await pause(200)
    open = openFiles(pid)
    most = Math.max(most, open - before)
    if (ready() && open <= before + fewFiles && (await attackersAt(port)) === 0) break
  }
  return most
}

/** One attack on `target`; the visitors ask `visited`. The attackers are there, and idle, while it is quiet. */
async function play(
  target: Target,
  visited: Target,
  service: number,
  attack: string,
  origin: string,
): Promise<Scene> {
  const slow = await attackers(target.port, attack, origin)
  const { seen: quiet } = await visitors(visited.port, service, { until: () => pause(quietMs) })
  const before = rssMegabytes(visited.pid)
  let highest = before
  const watch = setInterval(() => (highest = Math.max(highest, rssMegabytes(visited.pid))), 500)
  const result = { seconds: 0, cpu: 0, most: 0 }
  const attacked = async (): Promise<void> => {
    const files = openFiles(target.pid)
    const used = cpuMicros(visited.root)
    const started = performance.now()
    slow.send('start')
    const allCame = (): boolean => performance.now() - started > (count / rate) * 1000
    if (target === visited) result.most = await whenGone(target, files, allCame)
    else await pause(10_000)
    result.seconds = (performance.now() - started) / 1000
    result.cpu = (cpuMicros(visited.root) - used) / 1e6
  }
  const scene = await visitors(visited.port, service, { until: attacked })
  slow.send('over')
  const connected = Number(await heard(slow))
  clearInterval(watch)
  return { ...scene, ...result, quiet, connected, rss: highest, grown: highest - before }
}

/** A time; more than one request in a hundred may not have been served at all. */
const timed = (ms: number): string =>
  ms === Number.MAX_SAFE_INTEGER ? 'none (not served)' : `${ms.toFixed(1)} ms`

/** A time under attack, and how many times the quiet one it is; that says nothing when too many were not served. */
function beside(under: number, quiet: number): string {
  return under === Number.MAX_SAFE_INTEGER ? timed(under) : `${timed(under)}, ${(under / quiet).toFixed(2)} ×`
}

/** A line of figures; every one that has a limit is followed by it. */
function told(label: string, { seen, quiet, service }: Scene): string {
  const late = percentile(seen.late, 0.99)
  const asked = beside(p99Asked(seen), p99Asked(quiet))
  return `  ${label}: p99 of good clients ${beside(p99(seen), p99(quiet))} quiet ${p99(quiet).toFixed(1)} ms (median ${percentile(seen.times, 0.5).toFixed(1)}, ${failed(seen)} of ${seen.times.length} failed; of the service itself ${p99(service).toFixed(1)} ms; from when they asked ${asked}; their own clock late by ${late.toFixed(1)} ms)`
}

/** Everything but times; those of one scene say too little. */
function holdsOf(scene: Scene): boolean {
  return (
    scene.connected === count &&
    scene.seconds <= limitSeconds &&
    scene.grown <= limitMegabytes &&
    failed(scene.seen) === 0
  )
}

const slower = ({ seen, quiet }: Scene): number => p99(seen) / p99(quiet)

/** What all scenes of one kind come to. */
function attackOnEdge(attack: string, origin: string, scenes: readonly Scene[]): boolean {
  const ratio = percentile(scenes.map(slower), 0.5)
  const ok = ratio <= limitSlower && scenes.every(holdsOf)
  const most = (of: (scene: Scene) => number): number => Math.max(...scenes.map(of))
  const from = origin === 'one' ? 'one address' : 'as many addresses'
  console.log(
    `${attack} from ${from}: ${Math.min(...scenes.map(({ connected }) => connected))} connected, ${most((scene) => scene.most)} at once, all gone after ${most((scene) => scene.seconds).toFixed(1)} s (limit ${limitSeconds}; ${most((scene) => scene.cpu).toFixed(1)} s of CPU time), RSS +${most((scene) => scene.grown).toFixed(0)} to ${most((scene) => scene.rss).toFixed(0)} MB (limit +${limitMegabytes}), p99 of good clients ${ratio.toFixed(2)} × quiet, median of ${scenes.length} (limit ${limitSlower}): ${ok ? 'holds' : 'OVER'}`,
  )
  for (const scene of scenes) console.log(told('edge', scene))
  return ok
}

/** What the machine does to visitors of the edge while somebody else is attacked, who does nothing about it. */
function tellControl(attack: string, scenes: readonly Scene[]): void {
  const ratio = percentile(scenes.map(slower), 0.5)
  console.log(
    `${attack} on a server that does nothing: p99 of good clients of the edge ${ratio.toFixed(2)} × quiet, median of ${scenes.length}`,
  )
  for (const scene of scenes) console.log(told('edge', scene))
}

/** Visitors and downloads for a while; nobody looks at them. */
async function warmUp(port: number, service: number): Promise<void> {
  const until = performance.now() + warmUpMs
  const download = async (): Promise<void> => {
    while (performance.now() < until) await (await fetch(`http://127.0.0.1:${port}/`)).arrayBuffer()
  }
  await visitors(port, service, { rate: warmUpRate, until: () => all(download) })
}

const all = (work: () => Promise<void>): Promise<unknown> =>
  Promise.all(Array.from({ length: warmUpReaders }, work))

/** The process that serves under the one that was started. */
function childOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  return Number(children[0])
}

function targetOf(name: string, { pid, port }: { readonly pid: number; readonly port: number }): Target {
  return { name, port, pid: childOf(pid), root: pid }
}

async function attackAll(folder: string, service: number): Promise<boolean> {
  const node = (process.env['BENCH_NODE'] ?? '').split(' ').filter(Boolean)
  const started = await startEdge('edge', '', { folder, upstream: service, node })
  const edge = targetOf('edge', started)
  const times = 'client_header_timeout 5s; client_body_timeout 10s; send_timeout 10s;'
  const proxy = await startProxy(folder, service, false, { lines: times, connections: 16_384 })
  const nginx = targetOf('nginx', proxy)
  const silent = helper('idle-listener', [])
  const nothing: Target = {
    name: 'nothing',
    port: Number(await heard(silent)),
    pid: silent.pid ?? 0,
    root: 0,
  }
  await warmUp(edge.port, service)
  let holds = true
  for (const attack of attacks) {
    if (chosen.length > 0 && !chosen.some((word) => attack.endsWith(word))) continue
    const scenes: Record<string, Scene[]> = { many: [], one: [] }
    const alone: Scene[] = []
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      for (const [origin, seen] of Object.entries(scenes)) {
        if (parts.has(origin)) seen.push(await play(edge, edge, service, attack, origin))
      }
      if (parts.has('control')) alone.push(await play(nothing, edge, service, attack, 'many'))
    }
    for (const [origin, seen] of Object.entries(scenes)) {
      if (seen.length > 0) holds = attackOnEdge(attack, origin, seen) && holds
    }
    if (alone.length > 0) tellControl(attack, alone)
    if (parts.has('nginx')) {
      const scene = await play(nginx, nginx, service, attack, 'many')
      const gone = scene.seconds * 1000 >= patienceMs ? 'not all gone' : 'all gone'
      console.log(
        `${told('nginx', scene)}; ${scene.most} at once, ${gone} after ${scene.seconds.toFixed(1)} s`,
      )
    }
  }
  silent.kill('SIGKILL')
  await end(started.child)
  await proxy.stop()
  return holds
}

// What this process does must not take time from the edge.
execFileSync('taskset', ['-apc', '1', String(process.pid)])
const folder = mkdtempSync(join(tmpdir(), 'sevenfold-bench-slow-'))
try {
  const upstream = await startUpstream(folder, 4_000_000)
  console.log(`${count} slow clients each, ${rate} new ones a second; ${goodRate} good requests a second`)
  if (!(await attackAll(folder, upstream.port))) process.exitCode = 1
  await upstream.stop()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
