// Events a second on one core for the web, linux, dns and application rules of the public data, with the prefilter and
// without it (the plain way to evaluate rules). Run: npx tsx --conditions=@sevenfold/source bench/sigma/main.ts
import { hasSigmaData, readEvents, readRules } from '../../engines/sigma/test/shared-data.ts'
import { compileSigma } from '../../engines/sigma/src/index.ts'
import type { LogSource, SigmaDocument, SigmaEvent } from '../../engines/sigma/src/index.ts'
import { printLimit } from '../silence/limit.ts'

const rounds = 5
const perRound = 20_000
const sources: readonly (readonly [name: string, logsource: LogSource, make: (n: number) => SigmaEvent])[] = [
  ['webserver', { category: 'webserver' }, webEvent],
  ['linux process', { category: 'process_creation', product: 'linux' }, processEvent],
  [
    'dns',
    { category: 'dns' },
    (n) => ({ query: `host${n % 977}.example.org`, record_type: 'A', answer: `192.0.2.${n % 250}` }),
  ],
]

function webEvent(n: number): SigmaEvent {
  return {
    'cs-method': n % 9 === 0 ? 'POST' : 'GET',
    'cs-uri-stem': `/shop/products/${n % 5000}/details`,
    'cs-uri-query': `page=${n % 40}&sort=price&ref=mail-${n}`,
    'sc-status': n % 50 === 0 ? 404 : 200,
    'cs-user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
    'cs-referer': 'https://shop.example/search?q=shoes',
    'cs-host': 'shop.example',
    'c-ip': `198.51.${n % 250}.${n % 199}`,
  }
}

function processEvent(n: number): SigmaEvent {
  return {
    Image: ['/usr/bin/node', '/usr/bin/git', '/usr/bin/ls', '/usr/sbin/nginx'][n % 4],
    CommandLine: `node /srv/app/server.js --port ${3000 + (n % 100)} --worker ${n}`,
    ParentImage: '/usr/lib/systemd/systemd',
    ParentCommandLine: '/usr/lib/systemd/systemd --system',
    CurrentDirectory: '/srv/app',
    User: `svc${n % 20}`,
    ProcessId: n,
  }
}

function isRelevant({ value }: SigmaDocument): boolean {
  const logsource = (value as { logsource?: LogSource }).logsource ?? {}
  const product = logsource.product ?? ''
  const category = logsource.category ?? ''
  return (
    ['webserver', 'proxy', 'dns', 'application', 'antivirus'].includes(category) ||
    ['linux', 'zeek', 'nginx', 'apache', 'kubernetes'].includes(product)
  )
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

function cpuSeconds(run: () => void): number {
  const before = process.cpuUsage()
  run()
  const used = process.cpuUsage(before)
  return (used.user + used.system) / 1e6
}

if (!hasSigmaData) {
  console.log('skipped: needs ../shared/sigma')
} else {
  const documents = readRules().filter(isRelevant)
  const sets = { prefilter: compileSigma(documents), plain: compileSigma(documents, { prefilter: false }) }
  console.log(
    `${sets.prefilter.rules.length} rules, node ${process.version}, median of ${rounds} interleaved rounds of ${perRound} events`,
  )
  let slowest = Number.POSITIVE_INFINITY
  console.log('log source       events/s   plain events/s   ratio')
  for (const [name, logsource, make] of sources) {
    const events = Array.from({ length: perRound }, (_, n) => make(n))
    const seconds = { prefilter: [] as number[], plain: [] as number[] }
    for (let round = 0; round < rounds; round += 1) {
      for (const kind of ['prefilter', 'plain'] as const) {
        const part = kind === 'plain' ? events.slice(0, perRound / 10) : events
        seconds[kind].push(
          cpuSeconds(() => part.forEach((event) => sets[kind].match(event, logsource))) / part.length,
        )
      }
    }
    const [fast, slow] = [1 / median(seconds.prefilter), 1 / median(seconds.plain)]
    slowest = Math.min(slowest, fast)
    console.log(
      `${name.padEnd(14)} ${fast.toFixed(0).padStart(10)} ${slow.toFixed(0).padStart(16)} ${(fast / slow).toFixed(1).padStart(7)}`,
    )
  }
  const attacks = readEvents('synthetic')
  const used = cpuSeconds(() =>
    attacks.forEach((event) => sets.prefilter.match(event.event, event.logsource)),
  )
  console.log(`attack events    ${(attacks.length / used).toFixed(0)} a second`)
  printLimit('events a second on one core, slowest log source', Math.round(slowest), { least: 50_000 })
}
