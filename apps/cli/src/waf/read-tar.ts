/** One regular file of an archive. */
export interface TarFile {
  /** As written in the archive, with `/`. */
  readonly path: string
  readonly bytes: Uint8Array
}

const block = 512
/** Most entries of an archive. */
export const maxTarEntries = 20_000

function textAt(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length)
  const end = field.indexOf(0)
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString('utf8')
}

function octalAt(bytes: Uint8Array, start: number, length: number): number {
  const text = textAt(bytes, start, length).trim()
  if (!/^[0-7]{1,11}$/.test(text)) throw new Error('a number in the archive is no octal number')
  return parseInt(text, 8)
}

/** The sum over a header with its own field as spaces (POSIX.1-1988, ustar). */
function checkSum(header: Uint8Array): void {
  let sum = 0
  for (const [at, byte] of header.entries()) sum += at >= 148 && at < 156 ? 0x20 : byte
  if (sum !== octalAt(header, 148, 8)) throw new Error('a header of the archive is damaged')
}

/** `path` of extended header records `<length> <key>=<value>\n` (POSIX.1-2001, pax). */
function paxPath(bytes: Uint8Array): string | undefined {
  const match = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(Buffer.from(bytes).toString('utf8'))
  return match?.[1]
}

function nameOf(header: Uint8Array): string {
  const isUstar = textAt(header, 257, 5) === 'ustar'
  const prefix = isUstar ? textAt(header, 345, 155) : ''
  const name = textAt(header, 0, 100)
  return prefix === '' ? name : `${prefix}/${name}`
}

/**
 * Regular files of a tar archive (ustar, pax and GNU long names); links, devices and folders are passed over.
 * Throws Error when the archive is damaged, cut off, or has more than `maxTarEntries` entries.
 */
export function readTar(archive: Uint8Array): readonly TarFile[] {
  const files: TarFile[] = []
  let longName: string | undefined
  let entries = 0
  for (let at = 0; at + block <= archive.length;) {
    const header = archive.subarray(at, at + block)
    if (header.every((byte) => byte === 0)) return files
    checkSum(header)
    entries += 1
    if (entries > maxTarEntries) throw new Error(`more than ${maxTarEntries} entries in the archive`)
    const size = octalAt(header, 124, 12)
    const bytes = archive.subarray(at + block, at + block + size)
    if (bytes.length < size) throw new Error('the archive is cut off')
    at += block + Math.ceil(size / block) * block
    const type = String.fromCharCode(header[156] ?? 0)
    if (type === 'x') longName = paxPath(bytes) ?? longName
    else if (type === 'L') longName = textAt(bytes, 0, bytes.length)
    else if (type !== 'g' && type !== 'K') {
      if (type === '0' || type === '\0') files.push({ path: longName ?? nameOf(header), bytes })
      longName = undefined
    }
  }
  if (entries === 0) throw new Error('this is no tar archive')
  throw new Error('the archive is cut off')
}
