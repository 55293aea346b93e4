// The figures of the engine that take minutes, each by a program of its own; waf.mjs --full runs them and ends with one
// table of every figure. A program says a figure in a line with `(must …)`, and MISSED in it when the limit is passed.
import { spawn } from 'node:child_process'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = resolve(here, '../..')
const source = ['--import', 'tsx', '--conditions=@sevenfold/source']

/** What vitest prints of the suites that nobody here wrote: pattern of the line, name, limit. */
const conformance = [
  [
    /^CRS tests: (\d+) of (\d+) passed/,
    ([, right, all]) => [`CRS tests: ${right} of ${all}`, right >= 4064, '4064 of 4065'],
  ],
  [/^(operators|transformations|sqli corpus|xss corpus|sqli lookalikes): (.*) \(([\d.]+) %\)/, unitFigure],
  [
    /^ModSecurity regression cases: (\d+) right, (\d+) wrong/,
    ([, right, wrong]) => [
      `ModSecurity regression cases: ${right} right, ${wrong} wrong`,
      right / (Number(right) + Number(wrong)) >= 0.99,
      '99 %',
    ],
  ],
  [
    /^hub AppSec tests: (\d+) of (\d+)/,
    ([, right, all]) => [`hub AppSec tests: ${right} of ${all}`, right === all, 'all'],
  ],
]
const unitLimits = {
  operators: 99.9,
  transformations: 100,
  'sqli corpus': 99.8,
  'xss corpus': 99.6,
  'sqli lookalikes': 94,
}

function unitFigure([, group, counts, share]) {
  return [
    `${group}: ${counts}, ${share} % right`,
    Number(share) >= unitLimits[group],
    `${unitLimits[group]} %`,
  ]
}

/** Rows `name sent built-in CRS` of the two tables of builtin-against-crs.test.ts. */
function builtinFigures(lines) {
  const tables = { attacks: [], 'innocent values': [] }
  let rows = null
  for (const line of lines) {
    const title = /^(attacks|innocent values) +sent +built-in/.exec(line)?.[1]
    if (title !== undefined) rows = tables[title]
    const row = /^(\S.*?) +(\d+) +(\d+) +(\d+)$/.exec(line)
    if (row === null && title === undefined) rows = null
    if (row !== null) rows?.push({ own: Number(row[3]), crs: Number(row[4]) })
  }
  const sum = (list, side) => list.reduce((all, row) => all + row[side], 0)
  const { attacks, 'innocent values': innocent } = tables
  const behind = attacks.filter(({ own, crs }) => own < crs).length
  const [own, crs] = [sum(innocent, 'own'), sum(innocent, 'crs')]
  return [
    [
      `built-in rules find fewer attacks than CRS in ${behind} of ${attacks.length} classes`,
      attacks.length > 0 && behind === 0,
      '0',
    ],
    [
      `built-in rules refuse ${own} innocent requests, CRS ${crs}`,
      innocent.length > 0 && own * 3 <= crs,
      'a third',
    ],
  ]
}

function conformanceFigures(lines) {
  const found = lines.flatMap((line) =>
    conformance.flatMap(([pattern, read]) => {
      const match = pattern.exec(line)
      return match === null ? [] : [read(match)]
    }),
  )
  return [...found, ...builtinFigures(lines)].map(([text, holds, must]) => ({
    text: `${text} (must ${must})`,
    holds,
  }))
}

const saidFigures = (lines) =>
  lines
    .filter((line) => line.includes('(must '))
    .map((line) => ({ text: line.trim(), holds: !line.includes('MISSED') }))

/** The programs in order; `quiet` ones print too much to be shown. */
const steps = (crs) => [
  { name: 'worst case', args: [join(here, 'worst-case.mjs'), '--crs', crs] },
  { name: 'pumping strings', args: [...source, join(here, 'pumps.ts'), crs] },
  { name: 'longest stretch', args: [join(here, 'slices.mjs'), crs] },
  { name: 'hostile neighbour', args: [join(here, 'neighbours.mjs'), crs] },
  { name: 'fix', args: [join(here, 'fix.mjs'), crs] },
  {
    name: 'conformance',
    args: [join(root, 'scripts/conformance.mjs'), 'waf'],
    figures: conformanceFigures,
    quiet: true,
  },
]

/** Runs a program; resolves with its lines and status. What it prints is shown as it comes. */
function run({ args, quiet = false }) {
  return new Promise((done) => {
    // Unstyled: the lines are read.
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined }
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
      if (!quiet) process.stdout.write(chunk)
    })
    child.on('close', (status) => done({ lines: text.split('\n'), status }))
  })
}

const minutes = (ms) => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`

/** Runs all of them; gives their figures. One that fails without a figure over its limit is a figure that is over. */
export async function longFigures(crs, startedMs) {
  const all = []
  const list = steps(crs)
  for (const [number, step] of list.entries()) {
    console.log(
      `\n[${number + 1}/${list.length}] ${step.name} (${minutes(performance.now() - startedMs)} so far)`,
    )
    const { lines, status } = await run(step)
    const figures = (step.figures ?? saidFigures)(lines)
    if (status !== 0 && figures.every(({ holds }) => holds)) {
      figures.push({ text: `${step.name} ended with ${status}`, holds: false })
      if (step.quiet) console.log(lines.slice(-60).join('\n'))
    }
    if (step.quiet) for (const { text } of figures) console.log(text)
    all.push(...figures)
  }
  return all
}

/** The table at the end; gives how many figures are over their limits. */
export function printFigures(figures, startedMs) {
  const over = figures.filter(({ holds }) => !holds).length
  console.log(`\nevery figure of this run, after ${minutes(performance.now() - startedMs)}`)
  for (const { text, holds } of figures)
    console.log(`${holds ? 'held' : 'OVER'}  ${text.replace(/ +MISSED.*$/, '')}`)
  console.log(`${figures.length - over} of ${figures.length} held${over > 0 ? `, ${over} OVER` : ''}`)
  return over
}
