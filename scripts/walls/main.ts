import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBreaches } from './rules.ts'
import { readWorkspace } from './workspace.ts'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const packages = readWorkspace(root)
const files = packages.reduce((sum, pack) => sum + pack.sources.length, 0)
const breaches = findBreaches(packages)
for (const breach of breaches)
  console.error(`${breach.file}:${breach.line}: wall ${breach.wall}: ${breach.message}`)
// The counts are printed so that a guard that reads nothing cannot look like a clean house.
console.log(`walls: ${packages.length} packages, ${files} files read, ${breaches.length} breaches`)
if (breaches.length > 0 || files === 0) process.exitCode = 1
