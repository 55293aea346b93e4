// Compares the linear matcher with V8's RegExp and with re2js on the patterns of the Core Rule Set: CPU time per test on
// ordinary values, and growth on pumped inputs. Medians of interleaved repeats.
// Usage: node scripts/setup.mjs --build && node bench/regex/run.mjs [repeats]
import { cpus } from 'node:os'
import { RE2JS } from 're2js'

import { compileRegex } from '@sevenfold/regex'
import { buildPrefilter } from '@sevenfold/literals'

import { benignValues, crsPatterns } from './crs-patterns.mjs'

const repeats = Number(process.argv[2] ?? 7)
const patterns = crsPatterns()
if (patterns.length === 0) {
  console.log('no Core Rule Set in ../shared/crs: nothing to measure')
  process.exit(0)
}
console.log(
  `${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}, ${patterns.length} patterns, medians of ${repeats} interleaved repeats`,
)

const cpuMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1]

function timed(work) {
  const start = cpuMs()
  const result = work()
  return { ms: cpuMs() - start, result }
}

// --- compile
const own = timed(() => patterns.map((source) => compileRegex(source, { dotAll: true })))
const needs = timed(() =>
  own.result.map((r) => ({ clauses: r.requiredLiterals, bytes: r.requiredBytes, minLength: r.minLength })),
)
const filter = timed(() => buildPrefilter(needs.result))
console.log(
  `compile ${own.ms.toFixed(0)} ms, literals ${needs.ms.toFixed(0)} ms, prefilter ${filter.ms.toFixed(0)} ms ` +
    `(${filter.result.stateCount} states, ${(filter.result.tableBytes / 1e6).toFixed(1)} MB, ${filter.result.unfiltered} patterns unfiltered)`,
)

// --- V8 and re2js run the same language: V8's own reading of the pattern, after lifting leading flags.
const peers = []
for (const [n, source] of patterns.entries()) {
  const flags = /^\(\?([is]+)\)/.exec(source)
  const bare = flags === null ? source : source.slice(flags[0].length)
  try {
    peers.push({
      own: own.result[n],
      v8: new RegExp(bare, flags?.[1].includes('i') ? 'is' : 's'),
      re2: RE2JS.compile(bare, RE2JS.DOTALL | (flags?.[1].includes('i') ? RE2JS.CASE_INSENSITIVE : 0)),
    })
  } catch {
    // A pattern that a peer cannot read takes no part in the comparison.
  }
}
console.log(
  `${peers.length} patterns run in all three engines; ${own.result.filter((r) => r.engine === 'v8').length} are proven safe for V8`,
)

const values = benignValues(300)
const bytes = values.reduce((sum, value) => sum + value.length, 0)
const runners = {
  'own linear': (peer, value) => peer.own.test(value),
  'V8 RegExp': (peer, value) => peer.v8.test(value),
  re2js: (peer, value) => peer.re2.test(value),
}
const times = new Map(Object.keys(runners).map((name) => [name, []]))
const hits = new Map()
for (let repeat = 0; repeat <= repeats; repeat++) {
  for (const [name, run] of Object.entries(runners)) {
    const { ms, result } = timed(() => {
      let count = 0
      for (const peer of peers) for (const value of values) if (run(peer, value)) count++
      return count
    })
    hits.set(name, result)
    if (repeat > 0) times.get(name).push(ms)
  }
}
const base = median(times.get('V8 RegExp'))
console.log('\nordinary values, one test per pattern and value')
console.log('engine        ns/test   ns/byte   of V8   hits')
for (const [name, list] of times) {
  const ms = median(list)
  const tests = peers.length * values.length
  console.log(
    `${name.padEnd(12)} ${((ms * 1e6) / tests).toFixed(1).padStart(8)} ${((ms * 1e6) / (bytes * peers.length)).toFixed(2).padStart(9)} ${(ms / base).toFixed(2).padStart(7)} ${String(hits.get(name)).padStart(6)}`,
  )
}

// --- prefilter
const sink = new Uint32Array(filter.result.words)
const scans = []
let candidates = 0
for (let repeat = 0; repeat <= repeats; repeat++) {
  candidates = 0
  scans.push(
    timed(() => {
      for (let round = 0; round < 20; round++)
        for (const value of values) filter.result.candidates(value, sink)
    }).ms / 20,
  )
}
for (const value of values) {
  filter.result.candidates(value, sink)
  for (const word of sink) for (let bits = word; bits !== 0; bits &= bits - 1) candidates++
}
console.log(
  `\nprefilter: ${((median(scans) * 1e6) / bytes).toFixed(2)} ns/byte, ${(candidates / values.length).toFixed(1)} of ${patterns.length} patterns stay candidates per value`,
)

// --- pumps
const pumps = [
  '\n',
  '<',
  '(',
  'a',
  ' ',
  '\\',
  "'",
  '$',
  '`',
  ';',
  '/',
  'a ',
  '../',
  '" ',
  'ab1',
  '=(',
  '&#',
  '%u',
  '/*',
  '--',
  'x=',
  ',(',
  '<a ',
  '${',
  '\x00',
  '\xff',
]
function pumpAll(size) {
  const worst = { ms: 0, pump: '', steps: 0 }
  for (const pump of pumps) {
    const input = pump.repeat(Math.ceil(size / pump.length)).slice(0, size)
    let steps = 0
    const { ms } = timed(() => {
      for (const regex of own.result) {
        regex.test(input)
        steps += regex.lastSteps
      }
    })
    if (ms > worst.ms) Object.assign(worst, { ms, pump })
    worst.steps = Math.max(worst.steps, steps)
  }
  return worst
}
pumpAll(2_048)
console.log(`\npumps: all ${patterns.length} patterns on one value, worst of ${pumps.length} pumps`)
for (const size of [2_048, 4_096, 8_192, 16_384]) {
  const rounds = Array.from({ length: 3 }, () => pumpAll(size))
  const worst = rounds.reduce((a, b) => (b.ms < a.ms ? b : a))
  console.log(
    `${String(size).padStart(6)} bytes: ${worst.ms.toFixed(1).padStart(6)} ms CPU (${JSON.stringify(worst.pump)}), ${(worst.steps / size / patterns.length).toFixed(2)} steps per byte and pattern`,
  )
}

// --- values made of pieces of the patterns, which drive the automata through ever new states
let seed = 7
const random = (limit) => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((seed / 2 ** 32) * limit)
}
function pieces(size) {
  let text = ''
  while (text.length < size) {
    const pattern = patterns[random(patterns.length)]
    const at = random(pattern.length)
    text += random(2) === 0 ? pattern.slice(at, at + 1 + random(8)) : (pattern.match(/[a-z]+/g)?.[0] ?? 'x')
  }
  return Buffer.from(text.slice(0, size), 'latin1').toString('latin1')
}
const shuffled = Array.from({ length: 9 }, () => {
  const value = pieces(8_192)
  const test = timed(() => own.result.filter((regex) => regex.test(value)))
  const exec = timed(() => test.result.forEach((regex) => regex.exec(value)))
  return { test: test.ms, exec: exec.ms, matched: test.result.length }
})
const worstOf = (key) => Math.max(...shuffled.slice(1).map((run) => run[key]))
console.log(
  `\n8 KB of pattern pieces, never the same: test of all ${patterns.length} patterns median ${median(shuffled.map((run) => run.test)).toFixed(1)} ms, worst ${worstOf('test').toFixed(1)} ms; ` +
    `exec of the ${median(shuffled.map((run) => run.matched))} that match median ${median(shuffled.map((run) => run.exec)).toFixed(1)} ms, worst ${worstOf('exec').toFixed(1)} ms`,
)

// --- captures on log lines, where most lines match
const line =
  '^(?P<ip>\\S+) (?P<ident>\\S+) (?P<user>\\S+) \\[(?P<time>[^\\]]+)\\] "(?:(?P<verb>\\w+) (?P<path>\\S+)(?: HTTP/(?P<version>[0-9.]+))?|.*?)" (?P<status>[0-9]{3}) (?P<bytes>[0-9]+|-) "(?P<referrer>[^"]*)" "(?P<agent>[^"]*)"'
const lines = benignValues(200).map(
  (agent, n) =>
    `192.0.2.${n % 250} - - [21/Nov/2026:14:${10 + (n % 50)}:01 +0000] "GET /item/${n}?q=${n * 7} HTTP/1.1" ${n % 9 === 0 ? 404 : 200} ${n * 31} "-" "${agent.replaceAll('"', '')}"`,
)
const linear = compileRegex(line, { mode: 'string', engine: 'linear' })
const native = new RegExp(line.replaceAll('?P<', '?<'), 'u')
const re2 = RE2JS.compile(line)
const takers = {
  'own linear': (text) => linear.match(text) !== null,
  'V8 RegExp': (text) => native.exec(text) !== null,
  re2js: (text) => {
    const matcher = re2.matcher(text)
    if (!matcher.find()) return false
    for (let group = 1; group <= 11; group++) matcher.group(group)
    return true
  },
}
const captureTimes = new Map(Object.keys(takers).map((name) => [name, []]))
for (let repeat = 0; repeat <= repeats; repeat++) {
  for (const [name, take] of Object.entries(takers)) {
    const { ms, result } = timed(() => {
      let count = 0
      for (let round = 0; round < 20; round++) for (const text of lines) if (take(text)) count++
      return count
    })
    if (result !== lines.length * 20) throw new Error(`${name} lost lines`)
    if (repeat > 0) captureTimes.get(name).push(ms)
  }
}
console.log(
  `\ncaptures, ${linear.groupCount - 1} groups of an access log line: ` +
    [...captureTimes]
      .map(([name, list]) => `${name} ${((median(list) * 1e6) / (lines.length * 20)).toFixed(0)} ns`)
      .join(', '),
)

// --- the prefilter may never lose a match
let lost = 0
for (const value of [...values, ...Array.from({ length: 300 }, () => pieces(200))]) {
  filter.result.candidates(value, sink)
  for (const [n, regex] of own.result.entries())
    if (((sink[n >> 5] >>> (n & 31)) & 1) === 0 && regex.test(value)) lost++
}
console.log(`matches lost by the prefilter on ${values.length + 300} values: ${lost}`)
if (lost > 0) process.exitCode = 1
