/** A piece of a container's output. */
export interface DockerChunk {
  readonly stream: 'stdout' | 'stderr'
  readonly bytes: Buffer
}

/** Longest frame that is believed; longer ones are no frames. */
export const maxDockerFrame = 16_777_216

const headerBytes = 8

/**
 * Takes the frames of a container without terminal apart (Docker Engine API, "Stream format"): one byte for the stream, three of zero, four for the
 * length. Throws RangeError for what is no frame: then the container has a terminal, or something else answers.
 */
export class DockerFrames {
  #header = Buffer.alloc(0)
  #left = 0
  #stream: DockerChunk['stream'] = 'stdout'

  /** Pieces in these bytes; one that goes on comes in several pieces. */
  push(bytes: Buffer): DockerChunk[] {
    const chunks: DockerChunk[] = []
    let at = 0
    while (at < bytes.length) {
      if (this.#left > 0) {
        const end = Math.min(bytes.length, at + this.#left)
        chunks.push({ stream: this.#stream, bytes: bytes.subarray(at, end) })
        this.#left -= end - at
        at = end
        continue
      }
      const missing = headerBytes - this.#header.length
      this.#header = Buffer.concat([this.#header, bytes.subarray(at, at + missing)])
      at += missing
      if (this.#header.length === headerBytes) this.#begin()
    }
    return chunks
  }

  #begin(): void {
    const [kind = 0, ...zeros] = this.#header.subarray(0, 4)
    const length = this.#header.readUInt32BE(4)
    this.#header = Buffer.alloc(0)
    if (kind > 2 || zeros.some((byte) => byte !== 0) || length > maxDockerFrame)
      throw new RangeError('the stream of the container has no frames')
    this.#stream = kind === 2 ? 'stderr' : 'stdout'
    this.#left = length
  }
}
