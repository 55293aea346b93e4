import { readFileSync } from 'node:fs'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { writeAtomic } from '@sevenfold/layer'

/** Where reading of a container's output stands: several lines may have one time. */
export interface DockerPosition {
  /** Time of the last line taken, as Docker writes it (RFC 3339 with nanoseconds). */
  readonly time: string
  /** Lines of that time that were taken. */
  readonly count: number
}

/** Most containers whose positions are kept; those read longest ago go first. */
export const maxDockerPositions = 2_000

const limits = { maxTextLength: 1_048_576, maxDepth: 4, maxNodes: 20_000, maxStringLength: 128 }

/** Positions by container, kept in one file. */
export class DockerPositions {
  readonly #path: string
  readonly #positions: Map<string, DockerPosition>

  constructor(path: string) {
    this.#path = path
    this.#positions = read(path)
  }

  get(container: string): DockerPosition | undefined {
    return this.#positions.get(container)
  }

  set(container: string, position: DockerPosition): void {
    this.#positions.delete(container)
    this.#positions.set(container, position)
    for (const oldest of this.#positions.keys()) {
      if (this.#positions.size <= maxDockerPositions) break
      this.#positions.delete(oldest)
    }
    writeAtomic(this.#path, `${JSON.stringify(Object.fromEntries(this.#positions))}\n`)
  }
}

function read(path: string): Map<string, DockerPosition> {
  const positions = new Map<string, DockerPosition>()
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return positions
  }
  const parsed = parseBoundedJson(text, limits)
  for (const [container, position] of Object.entries(
    parsed.ok && isJsonObject(parsed.value) ? parsed.value : {},
  )) {
    if (!isJsonObject(position)) continue
    const { time, count } = position
    if (typeof time === 'string' && typeof count === 'number' && !Number.isNaN(Date.parse(time)))
      positions.set(container, { time, count })
  }
  return positions
}
