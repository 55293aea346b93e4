import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of shared reference data. */
export const sharedFolder: string =
  process.env['SEVENFOLD_SHARED'] ?? join(import.meta.dirname, '..', '..', '..', '..', 'shared')

/** All `@rx` patterns of the Core Rule Set, each once, as Latin-1 strings; empty when the data is not there. */
export function crsPatterns(): string[] {
  const folder = join(sharedFolder, 'crs', 'rules')
  if (!existsSync(folder)) return []
  const patterns = new Set<string>()
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.conf')) continue
    const text = readFileSync(join(folder, file), 'latin1').replace(/\\\n\s*/g, ' ')
    for (const match of text.matchAll(/"!?@rx ((?:[^"\\]|\\.)*)"/g))
      patterns.add((match[1] ?? '').replaceAll('\\"', '"'))
  }
  return [...patterns]
}
