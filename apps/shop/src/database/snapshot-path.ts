import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Where the fresh cluster is kept: the usual cache folder of the installation, named after the PGlite version. */
export function snapshotPath(): string | undefined {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const mark = entry.lastIndexOf('node_modules')
  if (mark < 0) return undefined
  const modules = entry.slice(0, mark + 'node_modules'.length)
  const manifest = findManifest(entry)
  if (manifest === undefined) return undefined
  return join(modules, '.cache', 'sevenfold-shop', `cluster-${manifest}.tar`)
}

function findManifest(entry: string): string | undefined {
  let folder = dirname(entry)
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) return undefined
    folder = parent
  }
  const manifest = createRequire(import.meta.url)(join(folder, 'package.json')) as {
    readonly version?: string
  }
  return manifest.version
}
