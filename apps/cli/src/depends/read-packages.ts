import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Dependency } from './dependency.ts'

const limits = { maxTextLength: 1_048_576, maxDepth: 16, maxNodes: 50_000, maxStringLength: 65_536 }
/** Packages that are followed at most. */
const maxPackages = 5_000

/** Parts and the packages that their processes start from. */
const roots: Readonly<Record<string, string>> = {
  edge: '@sevenfold/edge',
  runtime: '@sevenfold/runtime',
  detection: '@sevenfold/detection',
  ledger: '@sevenfold/ledger',
  collector: '@sevenfold/collector',
  alerts: '@sevenfold/alerts',
  console: '@sevenfold/console',
}

/** Folder of a package as Node would find it from another folder. */
function folderOf(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return candidate
    if (dirname(folder) === folder) return undefined
  }
}

function dependenciesOf(folder: string): readonly string[] {
  const parsed = parseBoundedJson(readFileSync(join(folder, 'package.json'), 'utf8'), limits)
  const dependencies = parsed.ok && isJsonObject(parsed.value) ? parsed.value['dependencies'] : undefined
  return isJsonObject(dependencies) ? Object.keys(dependencies) : []
}

/** Every package below one, itself left out. */
export function packagesBelow(name: string, from: string): ReadonlySet<string> {
  const found = new Set<string>()
  const waiting: (readonly [name: string, from: string])[] = [[name, from]]
  for (let next = waiting.pop(); next !== undefined && found.size < maxPackages; next = waiting.pop()) {
    const folder = folderOf(...next)
    if (folder === undefined) continue
    for (const dependency of dependenciesOf(folder)) {
      if (found.has(dependency)) continue
      found.add(dependency)
      waiting.push([dependency, folder])
    }
  }
  return found
}

/** Packages that each part's process is made of. */
export function readPackages(): readonly Dependency[] {
  const here = dirname(fileURLToPath(import.meta.url))
  return Object.entries(roots).flatMap(([layer, root]) =>
    Array.from(packagesBelow(root, here), (name): Dependency => {
      return { layer, kind: 'package', name, evidence: `${root}/package.json` }
    }),
  )
}
