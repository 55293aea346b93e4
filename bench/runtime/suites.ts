import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

// Runs the test suites of other projects from a checkout (installed with `npm install`), without and with the agent in
// blocking mode, and compares the counts: `npm run conformance:runtime -- --express DIR --fastify DIR --knex DIR`.
// SEVENFOLD_RUNTIME_NODE names another Node for the suites (Fastify's newest needs 22).
// `--node PATH`, once for each version, runs the agent's own tests with the applications on that version of Node.

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)))
// A copy of the agent: the suites take minutes, and a build in between would change it under them.
const agentFolder = mkdtempSync(join(tmpdir(), 'sevenfold-agent-'))
cpSync(join(root, 'layers/runtime/dist'), join(agentFolder, 'dist'), { recursive: true })
cpSync(join(root, 'layers/runtime/package.json'), join(agentFolder, 'package.json'))
const register = join(agentFolder, 'dist/register.js')
// Some suites give each test a few seconds of the clock; on a busy machine that says nothing about the agent.
const patient = join(agentFolder, 'patient.cjs')
writeFileSync(
  patient,
  `const Runnable = require(require.resolve('mocha/lib/runnable', { paths: [process.cwd()] }))
Runnable.prototype.timeout = function (ms) { return ms === undefined ? 0 : this }
`,
)
process.on('exit', () => rmSync(agentFolder, { recursive: true, force: true }))

interface Suite {
  readonly name: string
  /** Arguments of `node`, below the checkout. */
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const mocha = 'node_modules/mocha/bin/mocha.js'
const knexDatabase = [
  mocha,
  '--exit',
  '--require',
  patient,
  '--config',
  'test/mocha-integration-config-test.js',
]

const suites: Readonly<Record<string, readonly Suite[]>> = {
  express: [
    {
      name: 'express',
      args: [
        mocha,
        '--require',
        patient,
        '--require',
        'test/support/env',
        '--reporter',
        'dot',
        '--check-leaks',
        'test/',
        'test/acceptance/',
      ],
    },
  ],
  fastify: [
    {
      name: 'fastify unit',
      args: ['node_modules/borp/borp.js', '--reporter=tap', '--concurrency=2', '--timeout=120000'],
    },
  ],
  knex: [
    {
      name: 'knex unit',
      args: [mocha, '--exit', '--require', patient, '--config', 'test/mocha-unit-config-test.js'],
    },
    { name: 'knex SQLite (sqlite3)', args: knexDatabase, env: { DB: 'sqlite3' } },
    { name: 'knex SQLite (better-sqlite3)', args: knexDatabase, env: { DB: 'better-sqlite3' } },
  ],
}

interface Counts {
  readonly passed: number
  readonly failed: number
  readonly output: string
}

function countIn(output: string, forms: readonly RegExp[]): number {
  let sum = 0
  for (const form of forms) for (const [, count = '0'] of output.matchAll(form)) sum += Number(count)
  return sum
}

function runSuite({ args, env }: Suite, folder: string, withAgent: boolean): Promise<Counts> {
  const agent = withAgent
    ? { NODE_OPTIONS: `--import=${register}`, SEVENFOLD_RUNTIME_MODE: 'enforce' }
    : { NODE_OPTIONS: '' }
  return new Promise((done) => {
    const child = spawn(process.env['SEVENFOLD_RUNTIME_NODE'] ?? process.execPath, [...args], {
      cwd: folder,
      env: { ...process.env, NODE_ENV: 'test', FORCE_COLOR: '0', ...env, ...agent },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)))
    child.on('close', () =>
      done({
        passed: countIn(output, [/^\s*(\d+) passing/gm, /^# pass (\d+)/gm]),
        failed: countIn(output, [/^\s*(\d+) failing/gm, /^# (?:fail|cancelled) (\d+)/gm]),
        output,
      }),
    )
  })
}

const { values } = parseArgs({
  options: {
    express: { type: 'string' },
    fastify: { type: 'string' },
    knex: { type: 'string' },
    node: { type: 'string', multiple: true },
    verbose: { type: 'boolean' },
  },
})

const print = (line: string): boolean => process.stdout.write(`${line}\n`)
const checkouts = Object.entries(suites).flatMap(([project, list]) => {
  const folder = values[project as 'express' | 'fastify' | 'knex']
  return folder === undefined ? [] : [{ folder: resolve(folder), list }]
})
for (const node of values.node ?? []) {
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()
  const { stdout } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--project', 'runtime'],
    {
      cwd: root,
      env: { ...process.env, SEVENFOLD_RUNTIME_NODE: node, NO_COLOR: '1' },
      encoding: 'utf8',
    },
  )
  const counts = /^\s*Tests\s+(.*)$/m.exec(stdout)?.[1] ?? 'no tests'
  if (/failed|no tests/.test(counts)) process.exitCode = 1
  print(`agent tests, applications on Node ${version}: ${counts}`)
  if (values.verbose === true) print(stdout.slice(-20_000))
}
if (checkouts.length === 0 && values.node === undefined)
  print('skipped: conformance:runtime needs --express, --fastify or --knex with a checkout')
for (const { folder, list } of checkouts) {
  for (const suite of list) {
    if (!existsSync(join(folder, suite.args[0] ?? ''))) {
      print(`${suite.name}: ${folder} is not installed (npm install)`)
      process.exitCode = 1
      continue
    }
    const plain = await runSuite(suite, folder, false)
    const guarded = await runSuite(suite, folder, true)
    const isSame = plain.passed > 0 && plain.passed === guarded.passed && plain.failed === guarded.failed
    if (!isSame) process.exitCode = 1
    print(
      `${suite.name}: ${plain.passed} passed and ${plain.failed} failed without the agent, ${guarded.passed} and ${guarded.failed} with it${isSame ? '' : ' DIFFERENT'}`,
    )
    if (!isSame)
      for (const line of guarded.output.split('\n')) if (/^\s*(?:not ok|\d+\) )/.test(line)) print(line)
    if (!isSame && values.verbose === true) print(guarded.output.slice(-20_000))
  }
}
