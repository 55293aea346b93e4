import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { RuleFiles } from '../src/index.ts'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')

/** Folder of the public conformance data; not part of the repository. */
export const sharedCrs: string = join(process.env['SEVENFOLD_SHARED'] ?? resolve(root, '../shared'), 'crs')

/** Whether the conformance data is there. */
export const hasSharedCrs: boolean = existsSync(join(sharedCrs, 'rules'))

/** Rule files on disk; a pattern may have stars in its last part. */
export const diskFiles: RuleFiles = {
  resolve(path, from) {
    const full = isAbsolute(path) ? path : resolve(dirname(from), path)
    if (!full.includes('*')) return existsSync(full) ? [full] : []
    const folder = dirname(full)
    const last = full.slice(folder.length + 1).split('*')
    return readdirSync(folder)
      .filter((name) => name.startsWith(last[0] ?? '') && name.endsWith(last.at(-1) ?? ''))
      .toSorted()
      .map((name) => join(folder, name))
  },
  read: (path) => readFileSync(path, 'latin1'),
}

/** Files below a folder, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
    )
    .toSorted()
}
