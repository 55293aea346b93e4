// Writes the table of the README from a proof: node scripts/readme-proof.mjs (takes a minute or two; build first).
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const readme = join(root, 'README.md')
const [begin, end] = [
  '<!-- prove table: npx sevenfold prove --seed demo --markdown -->',
  '<!-- end of prove table -->',
]

const proof = spawnSync(
  process.execPath,
  [join(root, 'apps/cli/bin/sevenfold.mjs'), 'prove', '--seed', 'demo', '--markdown'],
  {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 16 << 20,
    stdio: ['ignore', 'pipe', 'inherit'],
  },
)
if (proof.status !== 0 && proof.status !== 1) process.exit(proof.status ?? 1)
const text = readFileSync(readme, 'utf8')
const [from, to] = [text.indexOf(begin), text.indexOf(end)]
if (from < 0 || to < from) throw new Error(`README.md has no place between ${begin} and ${end}`)
writeFileSync(readme, `${text.slice(0, from + begin.length)}\n\n${proof.stdout.trim()}\n\n${text.slice(to)}`)
process.exitCode = proof.status
