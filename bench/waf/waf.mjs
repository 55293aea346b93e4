// CPU per request of the SecLang engine against libmodsecurity 3 in the same run: same CRS, same requests, all phases;
// equal verdicts at paranoia levels 1 and 2; what compiling and serving cost in time and memory.
// usage: node bench/waf/waf.mjs [--crs DIR] [--rounds N] [--scale X] [--seed N] [--json] [--full]
// Needs g++ and libmodsecurity-dev for the peer; without them only our own side is shown. --full adds the worst case,
// every pattern on pumping strings, the longest stretch without a pause, a hostile client beside others at the real
// edge, the time of a fix, and the suites of others (docs/waf.md); it takes about ten minutes, needs a build, and ends
// with a table of every figure. Ends with 1 when a figure is over its limit.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildCorpus, classes, encodeCorpus } from './corpus.mjs'
import { longFigures, printFigures } from './full.mjs'
import { ruleText } from './rules.mjs'
import { compareFiles, sharedCorpus } from './verdicts.mjs'

const startedMs = performance.now()
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

/** Verdicts of both engines on every request of a corpus at one paranoia level. */
function verdictsAt(paranoia, corpus) {
  const level = join(folder, `rules-pl${paranoia}.conf`)
  writeFileSync(level, ruleText(crs, { paranoia }))
  const [theirs, own] = [join(folder, 'peer.jsonl'), join(folder, 'ours.jsonl')]
  call(peerProgram, [level, corpus, theirs])
  call(process.execPath, [join(here, 'ours.mjs'), level, corpus, corpus, own])
  return compareFiles(theirs, own, corpus)
}

function allVerdicts() {
  if (peerProgram === null) return []
  const sharedBytes = sharedCorpus(shared, folder, seed)
  const sharedFile = join(folder, 'shared.bin')
  if (sharedBytes !== null) writeFileSync(sharedFile, sharedBytes)
  const corpora = [
    ['never-repeating corpus', corpusFile(seed)],
    ...(sharedBytes === null ? [] : [['shared corpus', sharedFile]]),
  ]
  return [1, 2].flatMap((paranoia) =>
    corpora.map(([name, file]) => ({ paranoia, corpus: name, ...verdictsAt(paranoia, file) })),
  )
}

/**
 * Compile time and memory, each in a process of its own, beside one that does the same without rules. Memory is what the
 * system counts as resident, with Node's own settings of the heap on both sides: medians of five, subtracted.
 */
function loadFigures() {
  const corpora = [0, 1, 2, 3].map((number) => corpusFile(seed + number)).join(',')
  const once = (what) => call(process.execPath, [join(here, 'load.mjs'), what, corpora])[0]
  const [loaded, bare] = [rules, 'none'].map((what) => [1, 2, 3, 4, 5].map(() => once(what)))
  const at = (list, key) => median(list.map((one) => one[key]))
  return {
    compileMs: at(loaded, 'compileMs'),
    loadedMb: at(loaded, 'loadedMb') - at(bare, 'loadedMb'),
    servedMb: at(loaded, 'servedMb') - at(bare, 'servedMb'),
    requests: loaded[0].requests,
  }
}

const readings = { first: [], ours: [], last: [] }
for (let round = 0; round < rounds; round++) {
  process.stderr.write(`speed: round ${round + 1} of ${rounds}\n`)
  const file = corpusFile(seed + 1 + round)
  if (peerProgram !== null) readings.first.push(byClass(peer(file)))
  const warmUp = Array.from({ length: warmUps }, (_, number) => 1000 + number)
    .map((offset) => corpusFile(seed + offset))
    .join(',')
  const lines = ours(warmUp, file)
  readings.ours.push(byClass(lines))
  if (peerProgram !== null) readings.last.push(byClass(peer(file)))
}

const rows = classes.map(({ name, must, goal, stretch }) => {
  const at = (side) => median(readings[side].map((reading) => reading.get(name)))
  const peerUs = peerProgram === null ? null : Math.min(at('first'), at('last'))
  const oursUs = at('ours')
  return { name, peerUs, oursUs, ratio: peerUs === null ? null : peerUs / oursUs, must, goal, stretch }
})
process.stderr.write('verdicts, compile time, memory\n')
const verdicts = allVerdicts()
const load = loadFigures()
/** Limits of the issue that asked for this engine. */
const limits = { compileMs: 1000, memoryMb: 80, sameVerdict: 0.995 }
/** Every figure that has a limit, for the table at the end. */
const figures = rows
  .filter((row) => row.ratio !== null)
  .map((row) => ({
    text: `${row.name}: ${row.ratio.toFixed(1)}x libmodsecurity (must ${row.must}x, goal ${row.goal}x)`,
    holds: row.ratio >= row.must,
  }))
if (process.argv.includes('--json')) console.log(JSON.stringify({ rows, verdicts, ...load }))
else printTable()
if (process.argv.includes('--full')) {
  figures.push(...(await longFigures(crs, startedMs)))
  printFigures(figures, startedMs)
}
process.exitCode = figures.some(({ holds }) => !holds) ? 1 : 0

function printTable() {
  console.log(
    `CRS at paranoia level 1, ${rounds} rounds, seed ${seed}; CPU microseconds a request; ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`,
  )
  console.log('class              libmodsecurity      ours     ratio   must  goal  stretch  reached')
  for (const row of rows) {
    const cells = [
      row.peerUs?.toFixed(0) ?? '-',
      row.oursUs.toFixed(1),
      row.ratio === null ? '-' : `${row.ratio.toFixed(1)}x`,
    ]
    console.log(
      `${row.name.padEnd(18)} ${cells[0].padStart(14)} ${cells[1].padStart(9)} ${cells[2].padStart(9)} ${`${row.must}x`.padStart(6)} ${`${row.goal}x`.padStart(5)} ${`${row.stretch}x`.padStart(8)}  ${reachedBy(row)}`,
    )
  }
  for (const verdict of verdicts) {
    const { paranoia, corpus, requests, sameVerdict, sameRules, exhausted, mostSteps } = verdict
    figure(
      sameVerdict / requests >= limits.sameVerdict && exhausted === 0,
      `paranoia level ${paranoia}, ${corpus}: same verdict ${sameVerdict}/${requests} (must ${limits.sameVerdict * 100} %), same rules ${sameRules}/${requests}, budget exhausted ${exhausted}, most steps of a request ${mostSteps}`,
    )
    for (const difference of verdict.differences) console.log(`  ${JSON.stringify(difference)}`)
  }
  const { compileMs, loadedMb, servedMb, requests } = load
  figure(compileMs <= limits.compileMs, `compile ${compileMs.toFixed(0)} ms CPU (must ${limits.compileMs})`)
  figure(
    Math.max(loadedMb, servedMb) <= limits.memoryMb,
    `memory over a bare process: ${loadedMb.toFixed(0)} MB with the rule set, ${servedMb.toFixed(0)} MB after ${requests} requests (must ${limits.memoryMb} both)`,
  )
}

function reachedBy(row) {
  if (row.ratio === null) return 'no peer'
  const level = ['stretch', 'goal', 'must'].find((name) => row.ratio >= row[name])
  return level ?? 'MISSED'
}

function figure(holds, text) {
  figures.push({ text, holds })
  console.log(`${text}${holds ? '' : '  MISSED'}`)
}
