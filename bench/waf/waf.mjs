// CPU per request of the SecLang engine against libmodsecurity 3 in the same run: same CRS, same requests, all phases.
// usage: node bench/waf/waf.mjs [--crs DIR] [--rounds N] [--scale X] [--seed N] [--json]
// Needs g++ and libmodsecurity-dev for the peer; without them only our own side is shown.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildCorpus, classes, encodeCorpus } from './corpus.mjs'
import { ruleText } from './rules.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : process.argv[at + 1]
}
const shared = process.env.SEVENFOLD_SHARED ?? resolve(here, '../../../shared')
const crs = option('crs', join(shared, 'crs/rules'))
const rounds = Number(option('rounds', '3'))
const scale = Number(option('scale', '1'))
const seed = Number(option('seed', '1'))
// So many corpora run unmeasured: with four, functions of the smaller classes were still being compiled while measured.
const warmUps = 12
if (!existsSync(crs)) {
  console.error(`bench: error: no CRS rules at ${crs}\nhint: give --crs DIR`)
  process.exit(3)
}

const folder = mkdtempSync(join(tmpdir(), 'waf-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const rules = join(folder, 'rules.conf')
writeFileSync(rules, ruleText(crs))
const corpusFile = (number) => {
  const path = join(folder, `corpus-${number}.bin`)
  if (!existsSync(path)) writeFileSync(path, encodeCorpus(buildCorpus(number, scale)))
  return path
}

function call(command, args) {
  const result = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (result.status !== 0) throw new Error(`${command} ended with ${result.status ?? result.signal}`)
  return result.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}

const root = resolve(here, '../..')
const built = spawnSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-b', 'engines/seclang'],
  {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  },
)
if (built.status !== 0) process.exit(1)
const ours = (...args) => call(process.execPath, [join(here, 'ours.mjs'), rules, ...args])
const peerProgram = buildPeer()
const peer = (...args) => call(peerProgram, [rules, ...args])

function buildPeer() {
  const program = join(folder, 'peer')
  const built = spawnSync('g++', ['-O2', '-o', program, join(here, 'peer.cc'), '-lmodsecurity'], {
    stdio: 'ignore',
  })
  return built.status === 0 ? program : null
}

const median = (values) =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN
const byClass = (lines) => new Map(lines.filter((line) => line.class).map((line) => [line.class, line.us]))

// The peer reports the rule that blocks and the closing summary through other channels than the others.
const isSummary = (id) => [949, 959, 980].includes(Math.floor(id / 1000))

function compareVerdicts() {
  if (peerProgram === null) return null
  const theirs = join(folder, 'peer.jsonl')
  const own = join(folder, 'ours.jsonl')
  call(peerProgram, [rules, corpusFile(seed), theirs])
  ours(corpusFile(seed), corpusFile(seed), own)
  const read = (path) =>
    readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  const [left, right] = [read(theirs), read(own)]
  const requests = buildCorpus(seed, scale)
  const result = { requests: left.length, sameVerdict: 0, sameRules: 0, exhausted: 0, differences: [] }
  for (const [at, line] of left.entries()) {
    const mine = right[at]
    const verdict = line.status === mine.status
    const ids = JSON.stringify(line.rules) === JSON.stringify(mine.rules.filter((id) => !isSummary(id)))
    if (verdict) result.sameVerdict++
    if (ids) result.sameRules++
    if (mine.exhausted) result.exhausted++
    if ((!verdict || !ids) && result.differences.length < 20) {
      result.differences.push({
        class: requests[at].class,
        uri: requests[at].uri.slice(0, 80),
        peer: line,
        ours: mine,
      })
    }
  }
  return result
}

const readings = { first: [], ours: [], last: [] }
let extra = {}
for (let round = 0; round < rounds; round++) {
  const file = corpusFile(seed + 1 + round)
  if (peerProgram !== null) readings.first.push(byClass(peer(file)))
  const warmUp = Array.from({ length: warmUps }, (_, number) => 1000 + number)
    .map((offset) => corpusFile(seed + offset))
    .join(',')
  const lines = ours(warmUp, file)
  extra = lines.at(-1)
  readings.ours.push(byClass(lines))
  if (peerProgram !== null) readings.last.push(byClass(peer(file)))
}

const rows = classes.map(({ name, must, goal, stretch }) => {
  const at = (side) => median(readings[side].map((reading) => reading.get(name)))
  const peerUs = peerProgram === null ? null : Math.min(at('first'), at('last'))
  const oursUs = at('ours')
  return { name, peerUs, oursUs, ratio: peerUs === null ? null : peerUs / oursUs, must, goal, stretch }
})
const verdicts = compareVerdicts()
if (process.argv.includes('--json')) console.log(JSON.stringify({ rows, verdicts, ...extra }))
else printTable()

function printTable() {
  console.log(
    `CRS at paranoia level 1, ${rounds} rounds, seed ${seed}; CPU microseconds a request; ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`,
  )
  console.log('class              libmodsecurity      ours     ratio   must  goal  stretch  reached')
  for (const row of rows) {
    const reached =
      row.ratio === null
        ? 'no peer'
        : row.ratio >= row.stretch
          ? 'stretch'
          : row.ratio >= row.goal
            ? 'goal'
            : row.ratio >= row.must
              ? 'must'
              : 'MISSED'
    const cells = [
      row.peerUs?.toFixed(0) ?? '-',
      row.oursUs.toFixed(1),
      row.ratio === null ? '-' : `${row.ratio.toFixed(1)}x`,
    ]
    console.log(
      `${row.name.padEnd(18)} ${cells[0].padStart(14)} ${cells[1].padStart(9)} ${cells[2].padStart(9)} ${`${row.must}x`.padStart(6)} ${`${row.goal}x`.padStart(5)} ${`${row.stretch}x`.padStart(8)}  ${reached}`,
    )
  }
  if (verdicts !== null) {
    console.log(
      `same verdict ${verdicts.sameVerdict}/${verdicts.requests}, same rules ${verdicts.sameRules}/${verdicts.requests}, budget exhausted ${verdicts.exhausted}`,
    )
    for (const difference of verdicts.differences) console.log(JSON.stringify(difference))
  }
  console.log(
    `compile ${extra.compileMs.toFixed(0)} ms CPU, memory over bare ${extra.memoryMb.toFixed(0)} MB`,
  )
}
