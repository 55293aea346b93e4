// Half an hour of hub rules on a live clock: lines of changing sources at a steady rate, memory looked at each minute.
// Run: npm run bench:soak [-- --minutes N]
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { GoTime, HubEngine } from '@sevenfold/behaviour'
import { openDataFolder, openHubFolder, readHub } from '@sevenfold/detection/hub'

const root = fileURLToPath(new URL('../..', import.meta.url))
const shared = process.env['SEVENFOLD_SHARED'] ?? resolve(root, '../shared')
const hub = resolve(shared, 'hub')
const at = process.argv.indexOf('--minutes')
const minutes = at < 0 ? 30 : Number(process.argv[at + 1])
const linesPerSecond = 1500
const sources = 20_000
/** Memory may end this much above what it was after the first fifth, in MB: the collector of V8 breathes. */
const allowedGrowth = 20

const print = (text: string): void => void process.stdout.write(`${text}\n`)
const rss = (): number => Math.round(process.memoryUsage.rss() / 1e6)
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function timeText(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${two(date.getUTCDate())}/${months[date.getUTCMonth()] ?? ''}/${date.getUTCFullYear()}`
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`
}

const paths = [
  '/',
  '/products/12',
  '/wp-login.php',
  '/.env',
  '/search?q=tent',
  '/assets/app.js',
  '/admin/config.php',
]

/** A line of an access log; most sources are quiet, some probe. */
function lineOf(number: number, time: string): string {
  const source = (number * 7919) % sources
  const path = paths[(number * 31) % (source % 50 === 0 ? paths.length : 2)] ?? '/'
  const status = path.startsWith('/.') || path.includes('wp-') ? 404 : 200
  return `10.${source >> 8}.${source & 255}.7 - - [${time}] "GET ${path} HTTP/1.1" ${status} 512 "-" "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"`
}

async function soak(): Promise<void> {
  const files = readHub(openHubFolder(hub), ['crowdsecurity/nginx', 'crowdsecurity/sshd'])
  let overflows = 0
  const engine = new HubEngine(files.files, {
    clock: 'live',
    backend: 'generate',
    facilities: { now: () => new GoTime(Date.now()), files: openDataFolder(resolve(hub, 'data')) },
    onOverflow: () => (overflows += 1),
    onFault: (scenario, error) => print(`${scenario} is switched off: ${String(error)}`),
  })
  const labels = new Map([['type', 'nginx']])
  const seen: number[] = []
  let number = 0
  for (let second = 1; second <= minutes * 60; second++) {
    const started = performance.now()
    const time = timeText(new Date())
    for (let count = 0; count < linesPerSecond; count++)
      engine.takeLine({ raw: lineOf(number++, time), source: 'soak', module: 'file', labels })
    engine.tick()
    if (second % 60 === 0) {
      seen.push(rss())
      print(`minute ${second / 60}: ${rss()} MB resident, ${number} lines, ${overflows} overflows`)
    }
    await wait(Math.max(0, 1000 - (performance.now() - started)))
  }
  const fifth = Math.max(1, Math.floor(seen.length / 5))
  const [early, late] = [median(seen.slice(fifth - 1, 2 * fifth)), median(seen.slice(-fifth))]
  const isFine = late - early <= allowedGrowth
  print(
    `soak: ${minutes} minutes, ${number} lines: ${early} MB after the first fifth, ${late} MB at the end (allowed ${allowedGrowth} more)  ${isFine ? 'ok' : 'GROWS'}`,
  )
  process.exitCode = isFine ? 0 : 1
}

if (existsSync(hub)) await soak()
else print('bench:soak skipped: needs ../shared/hub')
