import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

function packageFolder(name: string): string {
  let folder = dirname(createRequire(import.meta.url).resolve(name))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/**
 * The built process entry of a workspace package, `<package>/dist/main.js`, also when this file runs from
 * source; undefined when the package is not there or has no such process.
 */
export function packageEntry(name: string, file = 'main.js'): string | undefined {
  try {
    const entry = join(packageFolder(name), 'dist', file)
    return existsSync(entry) ? entry : undefined
  } catch {
    return undefined
  }
}
