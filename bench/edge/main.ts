// The figures of the edge beside its peers, section by section, and all of them once more at the end:
// npm run bench:edge [-- --short] [raw|crs|idle|slow|reload|kill|steps|crawlers|flood …]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { BuiltEdge } from './built-edge.ts'

const sections = ['raw', 'crs', 'idle', 'slow', 'reload', 'kill', 'steps', 'crawlers', 'flood'] as const
type Section = (typeof sections)[number]

/** Shorter scenes: the same figures, with more noise. */
const short: Readonly<Partial<Record<Section, Readonly<Record<string, string>>>>> = {
  raw: { BENCH_REPEATS: '3', BENCH_SECONDS: '2' },
  crs: { BENCH_REPEATS: '3', BENCH_SECONDS: '2' },
  slow: { BENCH_SLOW_PARTS: 'many' },
  kill: { BENCH_SECONDS: '3' },
  steps: { BENCH_REPEATS: '3', BENCH_SECONDS: '2' },
  flood: { BENCH_SECONDS: '5' },
}
/** What a line says that holds a figure against its limit, or why there is none. */
const figure = /\blimit\b.*(?:holds|OVER|UNDER)|\bskipped \(/

const wanted = process.argv.slice(2).filter((argument) => argument !== '--short')
const isShort = process.argv.includes('--short')
const unknown = wanted.find((name) => !sections.some((section) => section === name))
if (unknown !== undefined) {
  process.stderr.write(`bench:edge: error: no section is called ${unknown}\nhint: ${sections.join(', ')}\n`)
  process.exit(2)
}
if (!BuiltEdge.isBuilt) {
  process.stderr.write('bench:edge: error: the edge has not been built\nhint: npm run build\n')
  process.exit(3)
}

/** Runs a section; what it prints is shown as it comes. Gives the lines with figures. */
async function run(section: Section): Promise<readonly string[]> {
  const script = fileURLToPath(new URL(`${section}.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@sevenfold/source', script], {
    stdio: ['inherit', 'pipe', 'inherit'],
    env: { ...(isShort ? short[section] : {}), ...process.env },
  })
  const figures: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    console.log(line)
    if (figure.test(line)) figures.push(line.trim())
  })
  const [status] = (await once(child, 'close')) as [number | null]
  if (status !== 0) process.exitCode = 1
  return figures.length > 0 || status === 0 ? figures : ['UNDER: the section ended without a figure']
}

const all: string[] = []
for (const section of sections) {
  if (wanted.length > 0 && !wanted.includes(section)) continue
  console.log(`\n== ${section}`)
  all.push(...(await run(section)).map((line) => `${section.padEnd(9)} ${line}`))
}
console.log(`\n== all figures\n${all.join('\n')}`)
const over = all.filter((line) => /\b(?:OVER|UNDER)\b/.test(line)).length
const skipped = all.filter((line) => /\bskipped \(/.test(line)).length
console.log(`${all.length - over - skipped} held, ${over} over or under their limit, ${skipped} skipped`)
