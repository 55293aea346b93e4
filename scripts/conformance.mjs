// Runs the suites that nobody here wrote, from ../shared: node scripts/conformance.mjs [waf|sigma|edge|ledger|hosts …] [--sampled]
// By name only, because the usual tests have them too: ledger (what verification finds, ours and that of Go, witnesses, copies) and hosts
// (the drill: a backbone that is gone, a revoked host, a cloned folder).
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

/** Run when they are named. */
const named = {
  ledger: [
    'backbone/ledger/test/verify-ledger',
    'backbone/ledger/test/go-verify',
    'backbone/ledger/test/witness',
    'backbone/ledger/test/ledger-copies',
  ],
  hosts: ['backbone/ledger/test/hosts-hour', 'test/e2e/hosts'],
}
const all = { ...suites, ...named }

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const unknown = names.find((name) => !Object.hasOwn(all, name))
if (unknown !== undefined) {
  process.stderr.write(
    `conformance: error: no suite is called ${unknown}\nhint: ${Object.keys(all).join(', ')}\n`,
  )
  process.exit(2)
}
const files = (names.length > 0 ? names : Object.keys(suites)).flatMap((name) => all[name])
const env = { ...process.env, SEVENFOLD_CONFORMANCE: process.argv.includes('--sampled') ? 'sampled' : 'full' }
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const reporters = ['--reporter=verbose', '--reporter=./scripts/totals-reporter.ts']
const result = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...files], {
  cwd: root,
  env,
  stdio: 'inherit',
})
process.exitCode = result.status ?? 1
