import { constants, inflateRawSync } from 'node:zlib'

/** Longest packed archive that is unpacked, as it would be; what follows is not looked at. */
export const maxArchiveBytes = 1_048_576
/** Climbing names of one archive that are kept. */
const maxNames = 100
const longestName = 256

const gzipMark = Buffer.from([0x1f, 0x8b, 0x08])

/** True for the text of an archive whose names stand in it as they are: zip, and tar in its POSIX form. */
export function isArchive(text: string): boolean {
  return text.startsWith('PK\u0003\u0004') || (text.length >= 512 && text.includes('ustar'))
}

/**
 * The surroundings of every name in an archive that climbs (`../`), as a short archive; undefined when none does. Names may
 * stand anywhere in an archive, far beyond what is kept of a single input.
 */
export function climbingNames(text: string): string | undefined {
  const names: string[] = []
  for (let at = text.search(/\.\.[/\\]/); at >= 0 && names.length < maxNames;) {
    const end = Math.min(text.length, at + longestName)
    names.push(text.slice(Math.max(0, at - longestName), end))
    const next = text.slice(end).search(/\.\.[/\\]/)
    at = next < 0 ? -1 : end + next
  }
  return names.length === 0 ? undefined : `PK\u0003\u0004${names.join('\n')}`
}

/** Where the packed data of a gzip member begin, behind its optional fields (RFC 1952, section 2.3.1). */
function startOfData(member: Uint8Array): number {
  const flags = member[3] ?? 0
  let at = 10
  if ((flags & 4) !== 0) at += 2 + (member[at] ?? 0) + 256 * (member[at + 1] ?? 0)
  for (const flag of [8, 16]) if ((flags & flag) !== 0) at = member.indexOf(0, at) + 1
  return (flags & 2) === 0 ? at : at + 2
}

/** As `climbingNames`, for an archive that stands packed by gzip somewhere in a body. */
export function climbingPackedNames(body: Uint8Array): string | undefined {
  const at = Buffer.prototype.indexOf.call(body, gzipMark)
  if (at < 0) return undefined
  try {
    const member = body.subarray(at)
    // Not as gzip, which would object to what follows it in the body.
    const text = inflateRawSync(member.subarray(startOfData(member)), {
      maxOutputLength: maxArchiveBytes,
      finishFlush: constants.Z_SYNC_FLUSH,
    }).toString('latin1')
    return isArchive(text) ? climbingNames(text) : undefined
  } catch {
    return undefined // too long, or not packed at all
  }
}
