/** One part of `multipart/form-data`. */
export interface Part {
  readonly name: string
  /** As the client sent it, path separators included; undefined for plain fields. */
  readonly fileName?: string
  readonly data: Uint8Array
}

/** Most parts of one body. */
export const maxParts = 20

/** Parts of a `multipart/form-data` body (RFC 7578); an empty list when the body is not of that form. */
export function readMultipart(contentType: string, body: Uint8Array): readonly Part[] {
  const boundary = /^multipart\/form-data;.*?boundary="?([^";]{1,70})"?/i.exec(contentType)?.[1]
  if (boundary === undefined) return []
  // latin1 keeps every byte as one character, so offsets in the text are offsets in the body.
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const sections = bytes
    .toString('latin1')
    .split(`--${boundary}`)
    .slice(1, maxParts + 1)
  const parts: Part[] = []
  for (const section of sections) {
    if (section.startsWith('--')) break
    const part = readPart(section)
    if (part !== undefined) parts.push(part)
  }
  return parts
}

function readPart(section: string): Part | undefined {
  const end = section.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = Buffer.from(section.slice(0, end), 'latin1').toString('utf8')
  const name = /;\s*name="([^"]*)"/i.exec(head)?.[1]
  if (name === undefined) return undefined
  const fileName = /;\s*filename="([^"]*)"/i.exec(head)?.[1]
  const data = Buffer.from(section.slice(end + 4).replace(/\r\n$/, ''), 'latin1')
  return fileName === undefined ? { name, data } : { name, fileName, data }
}
