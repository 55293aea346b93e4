import { readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import type { RuleFiles } from '@sevenfold/seclang'

/** A rule or data file longer than this is refused. */
export const maxRuleFileBytes = 16_777_216

function toPattern(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's')
}

/** Files in the folder of `path` whose name fits the glob in its last part, sorted by name. */
export function listRuleFiles(path: string): readonly string[] {
  const folder = dirname(path)
  const pattern = toPattern(basename(path))
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .toSorted()
    .map((name) => join(folder, name))
}

/** Text of a rule file as a byte string. */
export function readRuleFile(path: string): string {
  const bytes = readFileSync(path)
  if (bytes.length > maxRuleFileBytes) throw new Error(`${path}: longer than ${maxRuleFileBytes} bytes`)
  return bytes.toString('latin1')
}

/** Rule files on this machine's disk; relative names are relative to the file that includes them. */
export const diskRuleFiles: RuleFiles = {
  resolve: (path, from) => {
    const full = isAbsolute(path) ? path : resolve(dirname(from), path)
    return /[*?]/.test(basename(full)) ? listRuleFiles(full) : [full]
  },
  read: readRuleFile,
}
