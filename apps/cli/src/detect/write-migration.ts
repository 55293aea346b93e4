import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { Migration } from '@sevenfold/detection'
import { environmentError, exitCodes, usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { table } from '../program/table.ts'

const maxFiles = 20_000
const maxFileBytes = 16_777_216

/** A folder that a migration reads. */
export interface SourceFolder {
  readonly root: string
  readonly listed: readonly string[]
  /** Text of a file; undefined when it is not there, is none, or is too large. */
  read(path: string): string | undefined
  isLink(path: string): boolean
}

/** Opens the folder that a command was called with. Throws a `CliError` when it is none. */
export function openSourceFolder(call: Call, mark: string): SourceFolder {
  const root = resolve(call.io.cwd, call.words[0] ?? '')
  if (!existsSync(join(root, mark)))
    throw environmentError(`${root} has no ${mark}`, 'name the folder of its configuration')
  const listed = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .slice(0, maxFiles)
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
  return {
    root,
    listed,
    read: (path) => {
      const file = join(root, path)
      try {
        return statSync(file).size <= maxFileBytes && statSync(file).isFile()
          ? readFileSync(file, 'utf8')
          : undefined
      } catch {
        return undefined // a link to nowhere, or not ours to read: the report then lacks it
      }
    },
    isLink: (path) => lstatSync(join(root, path)).isSymbolicLink(),
  }
}

/** Writes what a migration made into a new folder and prints its report; 1 when something could not be carried. */
export function writeMigration(call: Call, migration: Migration, next: readonly string[]): number {
  const out = resolve(call.io.cwd, call.text('out') ?? 'sevenfold-import')
  if (existsSync(out) && readdirSync(out).length > 0)
    throw usageError(`${out} is not empty`, 'name another folder with --out')
  for (const { path, text } of migration.files) {
    const file = join(out, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  const isWhole = migration.report.every(({ carry }) => carry === 'carried')
  if (call.json) {
    const files = migration.files.map(({ path }) => path)
    call.io.out(JSON.stringify({ out, files, report: migration.report }))
    return isWhole ? exitCodes.ok : exitCodes.findings
  }
  const order = ['not-carried', 'partly', 'carried'] as const
  const rows = migration.report.toSorted((a, b) => order.indexOf(a.carry) - order.indexOf(b.carry))
  if (rows.length > 0)
    call.io.out(
      table(
        ['carried', 'what', 'note'],
        rows.map(({ carry, what, note }) => [carry, what, note]),
      ),
    )
  call.io.out(`${migration.files.length} files in ${out}`)
  for (const line of next) call.io.out(line)
  return isWhole ? exitCodes.ok : exitCodes.findings
}

/** Option of both migrations. */
export const outOption = {
  out: { type: 'string', value: 'DIR', help: 'folder to write into', default: './sevenfold-import' },
} as const
