import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const maxLevels = 8

/** True when the process runs an ECMAScript module, by the rules of https://nodejs.org/api/packages.html#determining-module-system. */
export function runsModule(entry: string | undefined): boolean {
  if (entry === undefined || /\.c[jt]s$/.test(entry)) return false
  if (/\.m[jt]s$/.test(entry)) return true
  let folder = dirname(entry)
  for (let level = 0; level < maxLevels && folder !== dirname(folder); level += 1) {
    try {
      return /"type"\s*:\s*"module"/.test(readFileSync(join(folder, 'package.json'), 'utf8'))
    } catch {
      folder = dirname(folder)
    }
  }
  return false
}
