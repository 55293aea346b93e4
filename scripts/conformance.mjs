// Runs the suites that nobody here wrote, from ../shared: node scripts/conformance.mjs [waf|sigma|edge …] [--sampled]
// Ends with one plain line of totals. Without the data the tests say so by name and are skipped.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const suites = {
  waf: [
    'engines/seclang/test/conformance',
    'engines/seclang/test/builtin-against-crs',
    'engines/seclang/test/detector-mutations',
  ],
  sigma: ['engines/sigma/test/conformance'],
  hub: ['apps/cli/test/conformance-hub'],
  edge: ['layers/edge/test/conformance', 'layers/edge/test/llhttp-differential'],
}

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const unknown = names.find((name) => !Object.hasOwn(suites, name))
if (unknown !== undefined) {
  process.stderr.write(
    `conformance: error: no suite is called ${unknown}\nhint: ${Object.keys(suites).join(', ')}\n`,
  )
  process.exit(2)
}
const files = (names.length > 0 ? names : Object.keys(suites)).flatMap((name) => suites[name])
const env = { ...process.env, SEVENFOLD_CONFORMANCE: process.argv.includes('--sampled') ? 'sampled' : 'full' }
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const reporters = ['--reporter=verbose', '--reporter=./scripts/totals-reporter.ts']
const result = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...files], {
  cwd: root,
  env,
  stdio: 'inherit',
})
process.exitCode = result.status ?? 1
