import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { environmentError, usageError } from '../program/cli-error.ts'
import { readTar } from './read-tar.ts'
import type { TarFile } from './read-tar.ts'

/** The files of a Core Rule Set, relative to its folder: `crs-setup.conf…` and `rules/…`. */
export interface RuleFolder {
  readonly files: readonly TarFile[]
  /** SHA-256, hex: of the archive as it came, or over the names and digests of the files of a folder. */
  readonly digest: string
}

/** Limits of what is installed. */
export const ruleFolderLimits = { archiveBytes: 33_554_432, bytes: 67_108_864, files: 2000 } as const

const debian = { rules: '/usr/share/modsecurity-crs', setup: '/etc/modsecurity/crs/crs-setup.conf' }
const setups = new Set(['crs-setup.conf', 'crs-setup.conf.example'])
const wanted = /^[\w.-]+\.(?:conf|data|conf\.example)$/

/** SHA-256, hex. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** One digest for files, whatever their order on disk. */
export function folderDigest(files: readonly TarFile[]): string {
  const lines = files.map(({ path, bytes }) => `${sha256(bytes)}  ${path}\n`).toSorted()
  return sha256(lines.join(''))
}

/** Keeps the set-up file and the rules of what is a Core Rule Set with its root at `root`. */
function select(files: readonly TarFile[], root: string): readonly TarFile[] {
  const chosen: TarFile[] = []
  let bytes = 0
  for (const file of files) {
    if (!file.path.startsWith(root)) continue
    const path = file.path.slice(root.length)
    const [folder = '', name, ...deeper] = path.split('/')
    const isSetup = name === undefined && setups.has(folder)
    const isRule = folder === 'rules' && name !== undefined && deeper.length === 0 && wanted.test(name)
    if (!isSetup && !isRule) continue
    chosen.push({ path, bytes: file.bytes })
    bytes += file.bytes.length
  }
  if (chosen.length > ruleFolderLimits.files)
    throw new Error(`more than ${ruleFolderLimits.files} rule files`)
  if (bytes > ruleFolderLimits.bytes) throw new Error(`more than ${ruleFolderLimits.bytes} bytes of rules`)
  return chosen
}

/** The folder above `rules/REQUEST-901-…`, with its slash; archives have one of their own on top. */
function rootOf(files: readonly TarFile[]): string {
  const roots = files.flatMap(({ path }) => /^(|.*\/)rules\/REQUEST-901[^/]*\.conf$/.exec(path)?.[1] ?? [])
  const root = roots.toSorted((a, b) => a.length - b.length)[0]
  if (root === undefined) throw new Error('there is no Core Rule Set in it: no rules/REQUEST-901….conf')
  return root
}

function filesIn(folder: string, prefix: string): TarFile[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && (wanted.test(entry.name) || setups.has(entry.name)))
    .map(({ name }) => ({ path: prefix + name, bytes: readFileSync(join(folder, name)) }))
}

function readFolder(folder: string): RuleFolder {
  const hasRules = existsSync(join(folder, 'rules'))
  const all = hasRules
    ? [...filesIn(folder, ''), ...filesIn(join(folder, 'rules'), 'rules/')]
    : filesIn(folder, 'rules/')
  const files = select(all, rootOf(all))
  return { files, digest: folderDigest(files) }
}

/** Reads a `.tar` or `.tar.gz`. Throws Error with what is wrong. */
export function readArchive(archive: Uint8Array): RuleFolder {
  if (archive.length > ruleFolderLimits.archiveBytes)
    throw new Error(`the archive is longer than ${ruleFolderLimits.archiveBytes} bytes`)
  const isGzip = archive[0] === 0x1f && archive[1] === 0x8b
  const files = readTar(
    isGzip ? gunzipSync(archive, { maxOutputLength: ruleFolderLimits.bytes * 2 }) : archive,
  )
  return { files: select(files, rootOf(files)), digest: sha256(archive) }
}

async function download(url: string, signal: AbortSignal): Promise<RuleFolder> {
  const { createOutbound } = await import('@sevenfold/outbound')
  const limits = { maxBytes: ruleFolderLimits.archiveBytes, timeoutMs: 120_000, maxRedirects: 5 }
  // The code host of the rule set sends on to another host for its archives; each is checked on the way.
  const { status, body } = await createOutbound({ limits }).request(url, { signal })
  if (status !== 200) throw new Error(`the answer has status ${status}`)
  return readArchive(body)
}

function readDebian(): RuleFolder {
  const folder = readFolder(debian.rules)
  if (!existsSync(debian.setup) || folder.files.some(({ path }) => setups.has(path))) return folder
  const files = [...folder.files, { path: 'crs-setup.conf', bytes: readFileSync(debian.setup) }]
  return { files, digest: folderDigest(files) }
}

/**
 * Reads a Core Rule Set from `debian` (the system's package), a folder, an archive or an https address.
 * @throws CliError when it cannot be read or is none.
 */
export async function readRuleFolder(from: string, cwd: string, signal: AbortSignal): Promise<RuleFolder> {
  const isUrl = /^https?:\/\//.test(from)
  const path = resolve(cwd, from)
  if (from === 'debian' && !existsSync(debian.rules))
    throw environmentError(`there is no ${debian.rules}`, 'install the package modsecurity-crs')
  if (from !== 'debian' && !isUrl && !existsSync(path))
    throw usageError(`there is no ${from}`, 'name a folder, a .tar.gz, an https address, or debian')
  try {
    if (from === 'debian') return readDebian()
    if (isUrl) return await download(from, signal)
    return statSync(path).isDirectory() ? readFolder(path) : readArchive(readFileSync(path))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw environmentError(
      `${from}: ${message}`,
      'name a Core Rule Set: a folder, a .tar.gz, or an https address',
      error,
    )
  }
}
