// The figures of the edge beside its peers, section by section: npm run bench:edge [raw|crs|idle|slow|reload|kill …]
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { BuiltEdge } from './built-edge.ts'

const sections = ['raw', 'crs', 'idle', 'slow', 'reload', 'kill'] as const
const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !sections.some((section) => section === name))
if (unknown !== undefined) {
  process.stderr.write(`bench:edge: error: no section is called ${unknown}\nhint: ${sections.join(', ')}\n`)
  process.exit(2)
}
if (!BuiltEdge.isBuilt) {
  process.stderr.write('bench:edge: error: the edge has not been built\nhint: npm run build\n')
  process.exit(3)
}
for (const section of sections) {
  if (wanted.length > 0 && !wanted.includes(section)) continue
  console.log(`\n== ${section}`)
  const script = fileURLToPath(new URL(`${section}.ts`, import.meta.url))
  const node = ['--import', 'tsx', '--conditions=@sevenfold/source', script]
  const { status } = spawnSync(process.execPath, node, { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
