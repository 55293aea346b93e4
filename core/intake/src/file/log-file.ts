import { open, readdir, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { headDigest, maxHeadBytes } from './file-position.ts'
import type { FilePosition } from './file-position.ts'

/** An open log file and how far it was read. */
export class LogFile {
  readonly #handle: FileHandle
  readonly device: number
  readonly inode: number
  offset: number
  #head = ''
  #headBytes = 0

  constructor(handle: FileHandle, file: { device: number; inode: number; offset: number }) {
    this.#handle = handle
    this.device = file.device
    this.inode = file.inode
    this.offset = file.offset
  }

  /** Reads the next bytes into `chunk`; 0 at the end. Moves the offset. */
  async read(chunk: Uint8Array): Promise<number> {
    const { bytesRead } = await this.#handle.read(chunk, 0, chunk.length, this.offset)
    this.offset += bytesRead
    return bytesRead
  }

  /** When the file was written to, milliseconds since 1970, and what tells it from others. */
  async facts(): Promise<{ readonly changedMs: number; readonly identity: string }> {
    const found = await this.#handle.stat()
    return { changedMs: found.mtimeMs, identity: identityOf(found) }
  }

  /** Bytes in the file now. */
  async size(): Promise<number> {
    return (await this.#handle.stat()).size
  }

  /** Digest of the first `count` bytes now. */
  async digestOfHead(count: number): Promise<string> {
    const bytes = Buffer.alloc(count)
    const { bytesRead } = await this.#handle.read(bytes, 0, count, 0)
    return headDigest(bytes.subarray(0, bytesRead))
  }

  /** True when the file still begins with what was read of it: not emptied and filled anew. */
  async hasSameHead(): Promise<boolean> {
    return this.#headBytes === 0 || (await this.digestOfHead(this.#headBytes)) === this.#head
  }

  /** Where reading stands, `pending` bytes before the offset (a line that has not ended is read again). */
  async position(pending: number): Promise<FilePosition> {
    const offset = this.offset - pending
    if (this.#headBytes < Math.min(maxHeadBytes, offset)) {
      this.#headBytes = Math.min(maxHeadBytes, offset)
      this.#head = await this.digestOfHead(this.#headBytes)
    }
    const { device, inode } = this
    return { device, inode, offset, head: this.#head, headBytes: this.#headBytes }
  }

  /** Starts over: the file was emptied. */
  restart(): void {
    this.offset = 0
    this.#head = ''
    this.#headBytes = 0
  }

  /** Takes over what is known of the file's beginning from a stored position. */
  adopt(position: FilePosition): void {
    this.offset = position.offset
    this.#head = position.head
    this.#headBytes = position.headBytes
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}

/** Opens a file at its start; undefined when there is none. */
export async function openLogFile(path: string): Promise<LogFile | undefined> {
  let handle: FileHandle
  try {
    handle = await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const { dev, ino } = await handle.stat()
  return new LogFile(handle, { device: dev, inode: ino, offset: 0 })
}

/** Opens the file of a stored position where `path` is that file; undefined when it is another one. */
export async function openAtPosition(path: string, position: FilePosition): Promise<LogFile | undefined> {
  const file = await openLogFile(path)
  if (file === undefined) return undefined
  const isSame =
    file.inode === position.inode &&
    file.device === position.device &&
    (await file.size()) >= position.offset &&
    (position.headBytes === 0 || (await file.digestOfHead(position.headBytes)) === position.head)
  if (isSame) {
    file.adopt(position)
    return file
  }
  await file.close()
  return undefined
}

const byNumber = new Intl.Collator('en', { numeric: true })

/** Most rotated files that are looked at. */
const maxSiblings = 1000

const identityOf = (file: { dev: number; ino: number; birthtimeMs: number }): string =>
  `${file.dev}:${file.ino}:${file.birthtimeMs}`

/** A rotated file beside a log. */
interface Sibling {
  readonly path: string
  readonly device: number
  readonly inode: number
  readonly changedMs: number
  /** Tells it from others, also from one that gets its inode when it is gone. */
  readonly identity: string
}

/**
 * Rotated files of a log (`access.log.1` beside `access.log`), oldest first by change time. Compressed ones are left
 * out: they were complete before they were compressed, and a reader that is that late has lost its place.
 */
async function siblingsOf(path: string): Promise<readonly Sibling[]> {
  const folder = dirname(path)
  const name = basename(path)
  const names = await readdir(folder).catch(() => [])
  const candidates = names
    .filter((other) => other !== name && other.startsWith(name) && !/\.(?:gz|bz2|xz|zst|tmp)$/u.test(other))
    .slice(0, maxSiblings)
  const found = await Promise.all(
    candidates.map(async (other): Promise<readonly Sibling[]> => {
      const one = join(folder, other)
      const file = await stat(one).catch(() => undefined)
      return file?.isFile() === true
        ? [
            {
              path: one,
              device: file.dev,
              inode: file.ino,
              changedMs: file.mtimeMs,
              identity: identityOf(file),
            },
          ]
        : []
    }),
  )
  // Files of one moment (coarse time stamps): the higher number is the older one.
  return found.flat().toSorted((a, b) => a.changedMs - b.changedMs || byNumber.compare(b.path, a.path))
}

/** A number or a date behind the name, or a word for old. Anything else with the same beginning is a log of its own. */
const rotatedForm = /^[._-]?(?:\d[\d._T-]{0,31}|old|prev)$/

/** Paths of the rotated files of a log, oldest first. */
export async function rotatedSiblings(path: string): Promise<string[]> {
  return (await siblingsOf(path)).map((sibling) => sibling.path)
}

/** Which of the files beside a log were rotated after the one at `place` was, oldest first. */
export async function rotatedAfter(
  path: string,
  place: { readonly device: number; readonly inode: number; readonly changedMs: number },
): Promise<readonly Sibling[]> {
  const siblings = await siblingsOf(path)
  const at = siblings.findIndex(({ device, inode }) => device === place.device && inode === place.inode)
  const younger =
    at < 0 ? siblings.filter(({ changedMs }) => changedMs > place.changedMs) : siblings.slice(at + 1)
  return younger.filter((sibling) => rotatedForm.test(basename(sibling.path).slice(basename(path).length)))
}
