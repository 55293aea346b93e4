// Runs another benchmark of this folder in a process of its own, so that neither measures the other's memory.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Runs a benchmark and gives its lines, each after the name of the part. What went wrong is a line as well. */
export function runBeside(name: string, args: readonly string[] = []): readonly string[] {
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const { stdout, stderr, status, error } = spawnSync(
    process.execPath,
    [...process.execArgv, file, ...args],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
      timeout: 600_000,
    },
  )
  const lines = stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => `${name}: ${line.trimEnd()}`)
  if (error !== undefined) return [...lines, `${name}: failed: ${error.message}`]
  if (status === 0) return lines
  const [reason = ''] = stderr.split('\n').filter((line) => /\bError\b/u.test(line))
  return [...lines, `${name}: NOT within its limits${reason === '' ? '' : ` (${reason.trim()})`}`]
}
