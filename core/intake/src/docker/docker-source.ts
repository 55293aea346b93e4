import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Json } from '@sevenfold/event'
import type { Clock, Timer } from '@sevenfold/layer'
import { backoffMs } from '../backoff.ts'
import type { IntakeCounters, IntakeSource, SourceLine, TakeLines } from '../intake-source.ts'
import { LineSplitter } from '../line-splitter.ts'
import { DockerFrames } from './docker-frames.ts'
import type { DockerChunk } from './docker-frames.ts'
import { DockerPositions } from './docker-position.ts'

/** What a source of container output needs. */
export interface DockerOptions {
  /** Socket of the Docker Engine API. */
  readonly socketPath: string
  /** Whether a container is followed. */
  readonly isWanted: (container: DockerContainer) => boolean
  /** Where positions are kept over restarts. */
  readonly positionPath: string
  readonly onLines: TakeLines
  readonly onError?: (error: unknown) => void
  readonly clock: Clock
  /** Time between looks for new containers; default 5 s. */
  readonly lookMs?: number
}

/** A container as the engine lists it. */
export interface DockerContainer {
  readonly id: string
  readonly name: string
  readonly image: string
  readonly labels: Readonly<Record<string, string>>
}

/** Most containers that are followed at a time. */
export const maxFollowedContainers = 256
const defaultLookMs = 5_000
const maxAnswerBytes = 8_388_608
const jsonLimits = {
  maxTextLength: maxAnswerBytes,
  maxDepth: 12,
  maxNodes: 200_000,
  maxStringLength: 262_144,
}
/** What a line begins with when times are asked for. */
const timed = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z) ?/

/**
 * Follows the output of containers over the socket of the Docker Engine. Each line is known by its time and its place
 * among those of the same time, so that nothing is read twice or left out over restarts of either side.
 */
export class DockerSource implements IntakeSource {
  readonly #options: DockerOptions
  readonly #positions: DockerPositions
  readonly #followed = new Map<string, Promise<void>>()
  readonly #stopped = new AbortController()
  #looking: Promise<void> | undefined
  #timer: Timer | undefined
  #failures = 0
  #lines = 0
  #dropped = 0
  #isFirst = true

  constructor(options: DockerOptions) {
    this.#options = options
    this.#positions = new DockerPositions(options.positionPath)
  }

  /** Looks for containers now and again and again. */
  async start(): Promise<void> {
    await this.#look()
  }

  counters(): IntakeCounters {
    return { lines: this.#lines, dropped: this.#dropped }
  }

  async #look(): Promise<void> {
    this.#looking = this.#lookOnce().then(
      () => void (this.#failures = 0),
      (error: unknown) => {
        this.#failures += 1
        if (!this.#stopped.signal.aborted) this.#options.onError?.(error)
      },
    )
    await this.#looking
    if (this.#stopped.signal.aborted) return
    const waitMs = this.#failures > 0 ? backoffMs(this.#failures) : (this.#options.lookMs ?? defaultLookMs)
    this.#timer = this.#options.clock.after(waitMs, () => void this.#look())
  }

  async #lookOnce(): Promise<void> {
    const listed = await this.#json('/v1.41/containers/json')
    const containers = (Array.isArray(listed) ? listed : []).flatMap((item) => readContainer(item) ?? [])
    // What a container said before we knew it is history only for those that were there at our first look.
    const since = this.#isFirst ? new Date(this.#options.clock.now()).toISOString() : undefined
    for (const container of containers) {
      const isNew = !this.#followed.has(container.id) && this.#options.isWanted(container)
      if (!isNew || this.#followed.size >= maxFollowedContainers) continue
      const following = this.#follow(container, since)
        .catch((error: unknown) => {
          if (!this.#stopped.signal.aborted) this.#options.onError?.(error)
        })
        .finally(() => this.#followed.delete(container.id))
      this.#followed.set(container.id, following)
    }
    this.#isFirst = false
  }

  async #follow(container: DockerContainer, begin: string | undefined): Promise<void> {
    const details = await this.#json(`/v1.41/containers/${container.id}/json`)
    const config = isJsonObject(details) && isJsonObject(details['Config']) ? details['Config'] : {}
    const position = this.#positions.get(container.id)
    const from = position?.time ?? begin
    const query = new URLSearchParams({
      follow: '1',
      stdout: '1',
      stderr: '1',
      timestamps: '1',
      ...(from === undefined ? {} : { since: unixTime(from) }),
    })
    const answer = await this.#open(`/v1.41/containers/${container.id}/logs?${query.toString()}`)
    const reader = new ContainerReader(config['Tty'] === true)
    let { time, count } = position ?? { time: '', count: 0 }
    let skip = count
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      const lines: SourceLine[] = []
      for (const text of reader.push(chunk)) {
        const own = timed.exec(text.text)
        const at = own?.[1] ?? time
        if (from !== undefined && isBefore(at, from)) continue
        if (at === position?.time && skip > 0) {
          skip -= 1
          continue
        }
        // Lines of the two streams may come out of order; the place only moves on.
        if (at === time) count += 1
        else if (time === '' || isBefore(time, at)) [time, count] = [at, 1]
        lines.push({ ...text, text: text.text.slice(own?.[0].length ?? 0), from: container.name })
      }
      if (lines.length === 0) continue
      // While they are being taken nothing more is read, and the engine waits.
      await this.#options.onLines(lines)
      this.#lines += lines.length
      this.#positions.set(container.id, { time, count })
    }
  }

  async #json(path: string): Promise<Json> {
    const answer = await this.#open(path)
    const parts: Buffer[] = []
    let length = 0
    for await (const part of answer as AsyncIterable<Buffer>) {
      length += part.length
      if (length > maxAnswerBytes) throw new RangeError('the engine says too much')
      parts.push(part)
    }
    const parsed = parseBoundedJson(Buffer.concat(parts).toString('utf8'), jsonLimits)
    if (!parsed.ok) throw new Error(`the engine answers no JSON: ${parsed.message}`)
    return parsed.value
  }

  #open(path: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const call = request({
        socketPath: this.#options.socketPath,
        path,
        headers: { host: 'docker' },
        signal: this.#stopped.signal,
      })
      call.once('error', reject)
      call.once('response', (answer) => {
        if (answer.statusCode === 200) return resolve(answer)
        answer.resume()
        return reject(
          new Error(`the engine answers ${String(answer.statusCode)} to ${path.split('?', 1)[0] ?? ''}`),
        )
      })
      call.end()
    })
  }

  async close(): Promise<void> {
    this.#stopped.abort()
    this.#timer?.cancel()
    await this.#looking
    await Promise.all(this.#followed.values())
  }
}

/** Lines of both streams, each put together by itself. */
class ContainerReader {
  readonly #frames: DockerFrames | undefined
  readonly #splitters = { stdout: new LineSplitter(), stderr: new LineSplitter() }

  constructor(hasTerminal: boolean) {
    this.#frames = hasTerminal ? undefined : new DockerFrames()
  }

  push(bytes: Buffer): ReturnType<LineSplitter['push']> {
    const chunks: readonly DockerChunk[] = this.#frames?.push(bytes) ?? [{ stream: 'stdout', bytes }]
    return chunks.flatMap((chunk) => this.#splitters[chunk.stream].push(chunk.bytes))
  }
}

function readContainer(item: Json): DockerContainer | undefined {
  if (!isJsonObject(item)) return undefined
  const { Id: id, Names: names, Image: image, Labels: labels } = item
  if (typeof id !== 'string' || !/^[0-9a-f]{12,64}$/.test(id)) return undefined
  const name =
    Array.isArray(names) && typeof names[0] === 'string' ? names[0].replace(/^\//, '') : id.slice(0, 12)
  const texts = isJsonObject(labels)
    ? Object.entries(labels).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
    : []
  return { id, name, image: typeof image === 'string' ? image : '', labels: Object.fromEntries(texts) }
}

/** Seconds with nanoseconds, as the engine wants them. */
function unixTime(time: string): string {
  const fraction = (/\.(\d{1,9})Z$/.exec(time)?.[1] ?? '').padEnd(9, '0')
  return `${String(Math.floor(Date.parse(time) / 1000))}.${fraction}`
}

/** Whether one time is before another; both with up to nine digits of the second. */
function isBefore(a: string, b: string): boolean {
  const [secondA, secondB] = [Math.floor(Date.parse(a) / 1000), Math.floor(Date.parse(b) / 1000)]
  if (secondA !== secondB) return secondA < secondB
  return unixTime(a) < unixTime(b)
}
